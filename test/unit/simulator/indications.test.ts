import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import { call, create, listOf, say } from './rest-client.js';
import { sharedKey } from './shared-key.js';
import { createWebhookReceiver } from './webhook-receiver.js';
import type { WebhookReceiver } from './webhook-receiver.js';

let receiver: WebhookReceiver;
let sim: Simulator;
let conversationId: string;
beforeEach(async () => {
  receiver = await createWebhookReceiver();
  sim = createSimulator({ agents: 'manual', signingKey: sharedKey, webhookUrl: receiver.url });
  await sim.listen();
  conversationId = await create(sim);
});
afterEach(async () => {
  await sim.close();
  await receiver.close();
});

const post = (what: string, body?: object) =>
  call(sim, `/conversations/${conversationId}/${what}`, { method: 'POST', ...(body === undefined ? {} : { body }) });
/** The data of the events of a type, once so many events have come in all. */
const dataOf = async (eventType: string, count: number) =>
  (await receiver.until(count)).map(({ event }) => event).flatMap((event) => (event.eventType === eventType ? [event.data] : []));

it('sends typing events, which end with the message', async () => {
  expect(await post('typing', { authorType: 'user' })).toMatchObject({ status: 204, text: '' });
  await say(sim, conversationId, 'Hi');
  expect(await dataOf('ACTIVITY', 6)).toEqual([
    { name: 'typing', value: { users: [{ id: 'user', type: 'user' }] } },
    { name: 'typing', value: { users: [] } },
  ]);
});

it('accepts thinking without a body and stores read receipts', async () => {
  expect((await post('thinking')).status).toBe(204);
  expect((await post('thinking', { authorType: 'bot', maxThinkingTimeSeconds: 600 })).status).toBe(204);
  expect((await post('read-receipt', { authorType: 'bot', readAt: 5 })).status).toBe(204);
  expect(sim.centre.conversation(conversationId).readUpTo).toEqual({ bot: 5 });
});

it('returns the conversation to the bot once, after the agent has left', async () => {
  const [webhookId = ''] = sim.centre.directory.webhooks.keys();
  const configuration = { notifyChannelWebhookIfExists: 'true', maxTotalMinutes: 20, userTimeoutInMinutes: 300 };
  expect((await post('post-agent-assignment', { type: 'webhook', id: webhookId, configuration })).status).toBe(201);
  sim.centre.agentAccepts(conversationId);
  sim.centre.agentLeaves(conversationId);
  expect(sim.centre.conversation(conversationId)).toMatchObject({
    state: 'active',
    assignment: { type: 'script', id: webhookId },
    interactions: [{ endTime: expect.any(Number) as number }],
  });
  await say(sim, conversationId, 'Five stars');
  expect(sim.centre.conversation(conversationId).interactions).toHaveLength(1);
  sim.centre.customerLeaves(conversationId);
  await say(sim, conversationId, 'Hello again');
  sim.centre.agentAccepts(conversationId);
  sim.centre.agentLeaves(conversationId);
  expect(sim.centre.conversation(conversationId).state).toBe('idle');
});

describe('a card', () => {
  const content = { type: 'AdaptiveCard' };
  const cardsOf = async () => {
    const [message] = listOf(await call(sim, `/conversations/${conversationId}/messages`), 'messages');
    return listOf(await call(sim, `/conversations/${conversationId}/messages/${message?.id ?? ''}/cards`), 'cards');
  };
  const use = (cardId: string, action: string, body: object = {}, tenant = sim.tenantId) =>
    call(sim, `/../../api/v1/tenant/${tenant}/conversations/${conversationId}/cards/${cardId}/${action}`, { method: 'PUT', body });
  beforeEach(() => post('messages', { authorType: 'bot', cards: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] }));

  it('is listed with its message, is marked as used and sends an event', async () => {
    const [card] = await cardsOf();
    expect(card).toMatchObject({ content, actionSubmitted: false, actionExecuted: false });
    expect(await use(card?.id ?? '', 'action-submit', { name: 'order' })).toMatchObject({ status: 204, text: '' });
    expect(await cardsOf()).toMatchObject([{ actionSubmitted: true, actionExecuted: false }]);
    expect((await use(card?.id ?? '', 'action-execute')).status).toBe(204);
    expect(await cardsOf()).toMatchObject([{ actionSubmitted: true, actionExecuted: true }]);
    expect(await dataOf('ACTIVITY', 6)).toEqual([
      { name: 'adaptiveCard/action', value: { type: 'Action.Submit', data: { name: 'order' } } },
      { name: 'adaptiveCard/action', value: { type: 'Action.Execute', data: {} } },
    ]);
  });

  it('is rejected for another tenant, without one, or with an invalid body', async () => {
    const [card] = await cardsOf();
    expect((await use(card?.id ?? '', 'action-submit', {}, 'other')).status).toBe(403);
    expect((await use('none', 'action-submit')).status).toBe(404);
    expect((await use(card?.id ?? '', 'action-submit', { name: 1 })).status).toBe(400);
    expect((await use(card?.id ?? '', 'action-close')).status).toBe(404);
    expect(await cardsOf()).toMatchObject([{ actionSubmitted: false }]);
  });
});

it.each([
  ['typing', {}, ['authorType']],
  ['typing', { authorType: 'agent' }, ['authorType']],
  ['thinking', { authorType: 'user' }, ['authorType']],
  ['thinking', { maxThinkingTimeSeconds: 0 }, ['maxThinkingTimeSeconds']],
  ['thinking', { maxThinkingTimeSeconds: 601 }, ['maxThinkingTimeSeconds']],
  ['thinking', { maxThinkingTimeSeconds: '60' }, ['maxThinkingTimeSeconds']],
  ['read-receipt', { authorType: 'user' }, ['readAt']],
  ['read-receipt', { authorType: 'user', readAt: 1.5 }, ['readAt']],
  ['read-receipt', { authorType: 'user', readAt: '2026-01-01T00:00:00Z' }, ['readAt']],
  ['post-agent-assignment', {}, ['type', 'id']],
  ['post-agent-assignment', { type: 'queue', id: 'none' }, ['type', 'id']],
])('rejects %s with %j and names the field', async (what, body, fields) => {
  const answer = await post(what, body);
  expect([answer.status, answer.body.validations.map(({ field }) => field)]).toEqual([400, fields]);
});

it.each([
  [{ notifyChannelWebhookIfExists: true }, 'notifyChannelWebhookIfExists'],
  [{ notifyChannelWebhookIfExists: 'yes' }, 'notifyChannelWebhookIfExists'],
  [{ maxTotalMinutes: 19 }, 'maxTotalMinutes'],
  [{ maxTotalMinutes: 601 }, 'maxTotalMinutes'],
  [{ userTimeoutInMinutes: 9 }, 'userTimeoutInMinutes'],
  [{ userTimeoutInMinutes: 301 }, 'userTimeoutInMinutes'],
])('rejects a post-agent assignment of %j and names the field', async (configuration, field) => {
  const [id] = sim.centre.directory.webhooks.keys();
  const answer = await post('post-agent-assignment', { type: 'webhook', id, configuration });
  expect(answer).toMatchObject({ status: 400, body: { validations: [{ field: `configuration.${field}` }] } });
  expect(sim.centre.conversation(conversationId).returnTo).toBeNull();
});

it.each(['typing', 'thinking', 'read-receipt', 'post-agent-assignment'])('answers 404 to %s in an unknown conversation', async (what) => {
  expect((await call(sim, `/conversations/none/${what}`, { body: { authorType: 'bot' } })).status).toBe(404);
});
