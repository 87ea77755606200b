import type { ParticipantRecord } from '../../../../src/domain/conversation.js';
import type { ConversationEvent } from '../../../../src/domain/event.js';
import { TypingEnds } from '../../../../src/events/jobs/typing-ends.js';
import type { EventLog } from '../../../../src/events/port/event-log.js';
import { openEmbeddedUnderTest } from '../../../contract/event-log/sqlite-log.js';
import { disposing, take } from '../../../contract/event-log/harness.js';
import { messageAdded, typing } from '../../../contract/event-log/sample-events.js';

const open = disposing(openEmbeddedUnderTest);
const c1 = { conversationId: 'c1' };

const person = (type: 'AGENT' | 'CUSTOMER', participantId: string): ParticipantRecord => ({
  ...{ type, participantId, name: null, language: null, removed: null },
});
const ANN = person('AGENT', 'ann');
const BEN = person('AGENT', 'ben');
const MIA = person('CUSTOMER', 'mia');

let count = 0;
const change = (...people: ParticipantRecord[]): ConversationEvent<'TYPING_CHANGED'> => ({
  ...typing(`t${(count += 1)}`),
  data: { typing: people },
});
const said = (author: ParticipantRecord): ConversationEvent => {
  const event = messageAdded(`m${(count += 1)}`, 'Hello');
  return { ...event, data: { ...event.data, message: { ...event.data.message, author } } };
};
const happened = (type: string, data: object): ConversationEvent =>
  ({ ...typing(`h${(count += 1)}`), type, data }) as unknown as ConversationEvent;

/** Who types, by each of the next changes. */
async function changes(log: EventLog, act: () => Promise<unknown>, expected: number): Promise<string[][]> {
  const subscription = await log.subscribe(c1, { types: ['TYPING_CHANGED'] });
  await act();
  const deliveries = await take(subscription, expected);
  return deliveries.map(({ event }) =>
    (event as ConversationEvent<'TYPING_CHANGED'>).data.typing.map(({ participantId }) => participantId),
  );
}

it.each([
  ['the message of its author', said(ANN), [['ann', 'mia'], ['mia']]],
  ['the message of the customer, by whatever id', said({ ...MIA, participantId: 'another' }), [['ann', 'mia'], ['ann']]],
  ['an agent that leaves', happened('AGENT_LEFT', { agent: { agentId: 'ann', name: null } }), [['ann', 'mia'], ['mia']]],
  ['a customer that leaves', happened('CUSTOMER_LEFT', {}), [['ann', 'mia'], ['ann']]],
  ['the end of the interaction', happened('INTERACTION_ENDED', { reason: 'OTHER', interactionId: null }), [['ann', 'mia'], ['mia']]],
])('ends with %s, for those whom it concerns', async (_what, event, expected) => {
  const { log } = await open();
  const ends = new TypingEnds({ log, clock: Date.now });
  const act = async () => {
    ends.publish(change(ANN, MIA));
    await log.append(event);
  };
  expect(await changes(log, act, 2)).toEqual(expected);
  ends.close();
});

it("is not ended by another agent's message", async () => {
  const { log } = await open();
  const ends = new TypingEnds({ log, clock: Date.now });
  const act = async () => {
    ends.publish(change(ANN));
    await log.append(said(BEN));
    ends.publish(change(ANN, BEN));
  };
  expect(await changes(log, act, 2)).toEqual([['ann'], ['ann', 'ben']]);
  ends.close();
});

it('ends when nothing was heard of it for long, counted from the last change, and is not stored', async () => {
  const { log } = await open();
  const ends = new TypingEnds({ log, clock: Date.now, ttlMs: 30 });
  const act = () => {
    ends.publish(change(ANN));
    ends.publish(change(ANN, MIA));
    return Promise.resolve();
  };
  expect(await changes(log, act, 3)).toEqual([['ann'], ['ann', 'mia'], []]);
  expect((await log.read(c1, { limit: 10 })).events).toEqual([]);
  expect(log.stats().subscriptions).toBe(1);
});

it('is left to the gateway that published the last change', async () => {
  const { log } = await open();
  const [one, other] = [new TypingEnds({ log, clock: Date.now, ttlMs: 30 }), new TypingEnds({ log, clock: Date.now })];
  const act = async () => {
    one.publish(change(ANN));
    other.publish(change(ANN, BEN));
    await log.append(said(ANN));
    await log.append(said(BEN));
    one.publish(change(MIA));
  };
  expect(await changes(log, act, 6)).toEqual([['ann'], ['ann', 'ben'], ['ben'], [], ['mia'], []]);
});

it('follows nothing any more once nobody types', async () => {
  const { log } = await open();
  const ends = new TypingEnds({ log, clock: Date.now });
  ends.publish(change(ANN));
  expect(log.stats().subscriptions).toBe(1);
  ends.publish(change());
  await log.append(said(ANN));
  expect(log.stats().subscriptions).toBe(0);
});
