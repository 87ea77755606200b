import { decodeCursor, encodeCursor } from '../../src/events/port/cursor.js';
import type { Cursor } from '../../src/events/port/cursor.js';
import {
  AgentActivityDocument,
  ConversationEventsDocument,
  EventsDocument,
  MessageAddedDocument,
} from '../operations/operations.generated.js';
import { GatewayDocument } from '../operations/operations.generated.js';
import { RunningGateway, SETTINGS } from '../support/running-gateway.js';
import { CREATED, FollowedConversation } from './followed-conversation.js';

let gateway: RunningGateway;
let conversation: FollowedConversation;
/** What is wrong with each cursor, and the code of the rejection. */
let bad: [string, string, string][];
describe.each(SETTINGS)('over $transport ($generation.name)', ({ generation, transport }) => {
  beforeAll(async () => {
    gateway = await RunningGateway.start({ generation, transport });
    conversation = await FollowedConversation.create(gateway);
    await conversation.expectNext(...CREATED);
    const other = await FollowedConversation.create(gateway);
    const [elsewhere] = await other.expectNext(...CREATED);
    const everywhere = (await gateway.get(GatewayDocument)).gateway.latestCursor;
    const head = conversation.events.at(-1)?.cursor ?? '';
    bad = [
      ['none at all', 'nonsense', 'BAD_USER_INPUT'],
      ['empty', '', 'BAD_USER_INPUT'],
      ['cut short', head.slice(0, -4), 'BAD_USER_INPUT'],
      ['longer than ours', `${head}AAAA`, 'BAD_USER_INPUT'],
      ['of another conversation', elsewhere?.cursor ?? '', 'BAD_USER_INPUT'],
      ['of all conversations', everywhere, 'BAD_USER_INPUT'],
      ['of another log', changed(head, { epoch: 'another' }), 'CURSOR_EXPIRED'],
      ['beyond the end', changed(head, { position: 1_000 }), 'CURSOR_EXPIRED'],
    ];
  });
  afterAll(() => gateway.stop());

  function changed(cursor: string, change: Partial<Cursor>): string {
    const scope = { conversationId: conversation.id };
    return encodeCursor(scope, { ...decodeCursor(cursor, scope), ...change });
  }

  it.each([
    ['conversationEvents', ConversationEventsDocument],
    ['messageAdded', MessageAddedDocument],
    ['agentActivity', AgentActivityDocument],
  ])('`%s` rejects a bad cursor and keeps serving', async (_name, document) => {
    for (const [what, after, code] of bad) {
      const { data, errors } = await gateway.subscribe(document as typeof MessageAddedDocument, { id: conversation.id, after }).next();
      expect([what, data, errors?.map(({ extensions }) => extensions['code'])]).toEqual([what, undefined, [code]]);
      expect(errors?.[0]?.message).toMatch(/cursor/i);
    }
  });

  it('`events` rejects a bad cursor', async () => {
    for (const [what, after, code] of bad) {
      const { data, errors } = await gateway.ask(EventsDocument, { id: conversation.id, first: 1, after });
      expect([what, data?.conversation ?? null, errors.map(({ extensions }) => extensions?.['code'])]).toEqual([what, null, [code]]);
    }
  });

  it('`events` rejects a bad `before` cursor, and stops at the end for one beyond it', async () => {
    for (const [what, before] of bad) {
      const { errors } = await gateway.ask(EventsDocument, { id: conversation.id, last: 1, before });
      expect([what, errors.map(({ extensions }) => extensions?.['code'])]).toEqual([
        what,
        what === 'beyond the end' ? [] : ['BAD_USER_INPUT'],
      ]);
    }
  });

  it('every position from the origin to the end is a valid cursor', async () => {
    const cursors = [conversation.origin, ...conversation.events.map(({ cursor }) => cursor)];
    for (const [index, after] of cursors.entries()) {
      const page = await gateway.get(EventsDocument, { id: conversation.id, first: 10, after });
      expect(page.conversation?.events.edges.map(({ node }) => node.id)).toEqual(conversation.events.slice(index).map(({ id }) => id));
    }
    const live = gateway.subscribe(ConversationEventsDocument, { id: conversation.id, after: cursors.at(-1) ?? null });
    await conversation.send({ text: 'Hello' });
    expect((await live.next()).data?.conversationEvents.type).toBe('MESSAGE_ADDED');
  });
});
