import { ConversationEventsDocument, CreateConversationDocument, UpdateConversationDocument } from '../operations/operations.generated.js';
import type { UpdateConversationInput } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';

let running: RunningGateway;
beforeEach(async () => {
  running = await RunningGateway.start();
});
afterEach(() => running.stop());

async function create() {
  const customer = { name: 'Mia', email: 'mia@example.com', properties: [{ key: 'plan', value: 'gold' }] };
  const { createConversation } = await running.get(CreateConversationDocument, {
    input: { channelId: running.simulator.channelId, customer },
  });
  const { conversation, cursor } = createConversation;
  if (!conversation || !cursor) throw new Error('not created');
  return { ...conversation, cursor };
}

const update = async (input: UpdateConversationInput) => (await running.get(UpdateConversationDocument, { input })).updateConversation;
const error = (code: string, field: string[] | null) => [{ code, field, message: expect.any(String) as string }];

describe('updateConversation', () => {
  it('changes only the given fields of the customer', async () => {
    const { id } = await create();
    const customer = { name: '', phone: '0123', language: 'zh-CN', caseId: null };
    expect(await update({ conversationId: id, customer })).toMatchObject({
      conversation: {
        id,
        customer: {
          name: 'Mia',
          email: 'mia@example.com',
          phone: '0123',
          language: 'zh-CN',
          caseId: null,
          properties: [{ key: 'plan', value: 'gold' }],
        },
      },
      userErrors: [],
    });
  });

  it.each([[[]], [Array.from({ length: 30 }, (_, n) => ({ key: `k${n}`, value: '' }))]])('replaces the properties', async (properties) => {
    const { id } = await create();
    const { conversation } = await update({ conversationId: id, customer: { properties } });
    expect(conversation?.customer).toMatchObject({ name: 'Mia', properties });
  });

  it('transfers the conversation to another queue, with events', async () => {
    const { id, conversationId, cursor } = await create();
    const [one = '', two = ''] = running.simulator.queueIds;
    const events = running.subscribe(ConversationEventsDocument, {
      id,
      after: cursor,
      types: ['INTERACTION_QUEUED', 'AGENT_JOINED', 'AGENT_LEFT', 'CONVERSATION_TRANSFERRED'],
    });
    expect((await events.next()).data?.conversationEvents).toMatchObject({ queue: { queueId: one } });
    running.simulator.centre.agentAccepts(conversationId);
    const { conversation, userErrors } = await update({ conversationId: id, assignment: { type: 'QUEUE', targetId: two } });
    expect(userErrors).toEqual([]);
    expect(conversation?.assignment).toEqual({ type: 'QUEUE', targetId: two });
    const received = (await events.take(4)).map(({ data }) => data?.conversationEvents);
    expect(received.map((event) => event?.type)).toEqual(['AGENT_JOINED', 'CONVERSATION_TRANSFERRED', 'AGENT_LEFT', 'INTERACTION_QUEUED']);
    expect(received.at(-1)).toMatchObject({ queue: { queueId: two, name: 'Support' } });
    await events.stop();
  });

  it('transfers the conversation to a script', async () => {
    const { id, conversationId } = await create();
    running.simulator.centre.routeNow(conversationId);
    await running.simulator.webhookSender.settled();
    const { conversation } = await update({
      conversationId: id,
      customer: { name: 'Mio' },
      assignment: { type: 'SCRIPT', targetId: 's1' },
    });
    expect(conversation).toMatchObject({ customer: { name: 'Mio' }, assignment: { type: 'SCRIPT', targetId: 's1' } });
  });

  it.each([
    ['nothing', {}, error('REQUIRED', null)],
    ['an empty customer', { customer: {} }, error('REQUIRED', null)],
    ['a customer of empty things', { customer: { name: '', email: null } }, error('REQUIRED', null)],
    [
      'a property without a key',
      { customer: { properties: [{ key: '', value: 'x' }] } },
      error('REQUIRED', ['customer', 'properties', '0', 'key']),
    ],
    [
      '31 properties',
      { customer: { properties: Array.from({ length: 31 }, () => ({ key: 'k', value: 'v' })) } },
      error('TOO_MANY', ['customer', 'properties']),
    ],
    ['no target', { assignment: { type: 'QUEUE', targetId: '' } as const }, error('REQUIRED', ['assignment', 'targetId'])],
    ['an unknown queue', { assignment: { type: 'QUEUE', targetId: 'none' } as const }, error('UPSTREAM_REFUSED', null)],
    ['an unknown language', { customer: { language: 'tlh' } }, error('UPSTREAM_REFUSED', null)],
  ])('rejects %s', async (_what, change, userErrors) => {
    const { id } = await create();
    await expect(update({ conversationId: id, ...change })).resolves.toEqual({ conversation: null, userErrors });
  });

  it('answers NOT_FOUND for an unknown conversation', async () => {
    const userErrors = error('NOT_FOUND', ['conversationId']);
    await expect(update({ conversationId: 'none', customer: { name: 'x' } })).resolves.toEqual({ conversation: null, userErrors });
    await expect(update({ conversationId: 'none', assignment: { type: 'SCRIPT', targetId: 's' } })).resolves.toEqual({
      conversation: null,
      userErrors,
    });
  });
});
