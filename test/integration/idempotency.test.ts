import { CreateConversationDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await RunningGateway.start();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.simulator.calls.length = 0;
});

const conversationInput = (idempotencyKey: string, name = 'Maria') => ({
  channelId: gateway.simulator.channelId,
  customer: { name },
  idempotencyKey,
});
const created = async (idempotencyKey: string, name?: string) =>
  (await gateway.get(CreateConversationDocument, { input: conversationInput(idempotencyKey, name) })).createConversation;
const posts = () => gateway.simulator.calls.filter(({ method }) => method === 'POST').length;

it('creates one conversation for repeated and parallel requests', async () => {
  const answers = await Promise.all([created('k1'), created('k1'), created('k1')]);
  answers.push(await created('k1'));
  expect(answers[0].conversation).not.toBeNull();
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(posts()).toBe(1);
});

it('returns the first result also after a restart', async () => {
  const first = await created('k2');
  await gateway.gateway.close();
  await gateway.restart();
  expect(await created('k2')).toEqual(first);
  expect(posts()).toBe(1);
});

it('rejects a key that was used with other input', async () => {
  await created('k3');
  expect(await created('k3', 'Andrei')).toMatchObject({
    conversation: null,
    cursor: null,
    userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] }],
  });
  expect(posts()).toBe(1);
});

it('sends a message once, with the cursor of the first time', async () => {
  const { conversation } = await created('k4');
  const input = { conversationId: conversation?.id ?? '', text: 'Hello', idempotencyKey: 'k4' };
  const { sendMessage: first } = await gateway.get(SendMessageDocument, { input });
  await gateway.simulator.webhookSender.settled();
  expect((await gateway.get(SendMessageDocument, { input })).sendMessage).toEqual(first);
  expect(posts()).toBe(2);
});

it('returns a rejection again', async () => {
  const input = { conversationId: 'nobody', text: 'Hello', idempotencyKey: 'k5' };
  const { sendMessage: first } = await gateway.get(SendMessageDocument, { input });
  expect(first.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  expect((await gateway.get(SendMessageDocument, { input })).sendMessage).toEqual(first);
  expect(posts()).toBe(1);
});

it.each([
  ['', 'INVALID'],
  ['k'.repeat(256), 'TOO_LONG'],
])('rejects the key "%s" with %s, and does nothing', async (idempotencyKey, code) => {
  expect((await created(idempotencyKey)).userErrors).toMatchObject([{ code, field: ['idempotencyKey'] }]);
  expect(posts()).toBe(0);
});

it('accepts a key of 255 characters', async () => {
  expect((await created('k'.repeat(255))).userErrors).toEqual([]);
});

it('creates anew without a key', async () => {
  const input = { channelId: gateway.simulator.channelId, customer: {} };
  await gateway.get(CreateConversationDocument, { input });
  await gateway.get(CreateConversationDocument, { input });
  expect(posts()).toBe(2);
});
