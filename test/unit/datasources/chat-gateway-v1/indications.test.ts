import { json, raw } from '../scripted-upstream.js';
import { IMPOSSIBLE_IDS, connect } from './with-upstream.js';
import type { Connected } from './with-upstream.js';

let connected: Connected;
beforeEach(async () => {
  connected = await connect();
  connected.upstream.script = raw(204, '');
});
afterEach(() => connected.close());

const sent = () => {
  const [request] = connected.upstream.requests;
  return request === undefined ? null : [request.method, request.url, JSON.parse(request.body) as unknown];
};

it('typing is sent in the name of the customer or of the bot', async () => {
  await connected.api.sendTyping('c/1', 'CUSTOMER');
  expect(sent()).toEqual(['POST', '/chat-gateway/v1/conversations/c%2F1/typing', { authorType: 'user' }]);
});

it('only the bot thinks', async () => {
  await connected.api.sendThinking('c1', 600);
  expect(sent()).toEqual(['POST', '/chat-gateway/v1/conversations/c1/thinking', { authorType: 'bot', maxThinkingTimeSeconds: 600 }]);
});

it('reading is reported in epoch milliseconds', async () => {
  await connected.api.markRead('c1', 'BOT', new Date(1_767_225_600_123));
  expect(sent()).toEqual(['POST', '/chat-gateway/v1/conversations/c1/read-receipt', { authorType: 'bot', readAt: 1_767_225_600_123 }]);
});

it.each([
  [
    { notifyChannelWebhook: false, maxTotalMinutes: 20, userTimeoutMinutes: 300 },
    { configuration: { notifyChannelWebhookIfExists: 'false', maxTotalMinutes: 20, userTimeoutInMinutes: 300 } },
  ],
  [
    { notifyChannelWebhook: true, maxTotalMinutes: null, userTimeoutMinutes: null },
    { configuration: { notifyChannelWebhookIfExists: 'true' } },
  ],
  [{ notifyChannelWebhook: null, maxTotalMinutes: null, userTimeoutMinutes: null }, {}],
])('the return to the bot leaves out what is not set: %j', async (plan, expected) => {
  connected.upstream.script = raw(201, '');
  await connected.api.scheduleReturnToBot('c1', { webhookId: 'w1', ...plan });
  expect(sent()).toEqual(['POST', '/chat-gateway/v1/conversations/c1/post-agent-assignment', { type: 'webhook', id: 'w1', ...expected }]);
});

it.each([
  ['submitCard', 'action-submit'],
  ['executeCard', 'action-execute'],
] as const)('%s names the tenant in its path', async (method, action) => {
  await connected.api[method]('c1', 'k/1', 'order');
  expect(sent()).toEqual(['PUT', `/api/v1/tenant/acme/conversations/c1/cards/k%2F1/${action}`, { name: 'order' }]);
});

it('a card is used in nobody’s name, too', async () => {
  await connected.api.submitCard('c1', 'k1', null);
  expect(sent()?.[2]).toEqual({});
});

it('a card cannot be used where no tenant is known', async () => {
  const other = await connect({ tenant: null });
  await expect(other.api.executeCard('c1', 'k1', null)).rejects.toMatchObject({ code: 'UNSUPPORTED_BY_UPSTREAM' });
  expect(other.upstream.requests).toEqual([]);
  await other.close();
});

const changes = (id: string): [string, () => Promise<void>][] => [
  ['sendTyping', () => connected.api.sendTyping(id, 'BOT')],
  ['sendThinking', () => connected.api.sendThinking(id, 1)],
  ['markRead', () => connected.api.markRead(id, 'BOT', new Date())],
  [
    'scheduleReturnToBot',
    () =>
      connected.api.scheduleReturnToBot(id, {
        webhookId: 'w',
        notifyChannelWebhook: null,
        maxTotalMinutes: null,
        userTimeoutMinutes: null,
      }),
  ],
  ['submitCard', () => connected.api.submitCard(id, 'k', null)],
  ['executeCard', () => connected.api.executeCard(id, 'k', null)],
];

it('nothing is found where the upstream answers 404, nor asked for what cannot be', async () => {
  connected.upstream.script = json(404, {});
  for (const [, change] of changes('c1')) await expect(change()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const asked = connected.upstream.requests.length;
  for (const id of IMPOSSIBLE_IDS) {
    for (const [, change] of changes(id)) await expect(change()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(connected.upstream.requests).toHaveLength(asked);
});

it('none is sent again if no response shows its outcome', async () => {
  connected.upstream.script = raw(504, '');
  for (const [, change] of changes('c1')) await expect(change()).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(connected.upstream.requests).toHaveLength(6);
});
