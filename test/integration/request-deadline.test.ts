import { ConversationDocument, ConversationStateDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { CHAT_GATEWAY_V1 } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import { json, silence, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';

/** Far less than a single call may take. */
const REQUEST_MS = 1_000;
const LATE = { code: 'UPSTREAM_TIMEOUT' };

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await RunningGateway.start({
    config: {
      upstream: CHAT_GATEWAY_V1.upstream({ url: upstream.baseUrl, apiKey: 'k', tenantId: 't', customerId: 'c' }),
      upstreamCalls: { timeoutMs: 600_000, inFlight: 128 },
      requestTimeoutMs: REQUEST_MS,
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

it("stops reading at the request's deadline, and returns partial data", async () => {
  upstream.script = silence;
  const { data, errors } = await gateway.ask(ConversationStateDocument, { id: 'c1' });
  expect([data, errors.map(({ path, extensions }) => ({ path, extensions }))]).toEqual([
    { conversation: null },
    [{ path: ['conversation'], extensions: LATE }],
  ]);

  const conversation = json(200, { id: 'c2', channelId: 'ch1', state: 'idle', user: { name: 'Maria' } });
  upstream.script = (request, response) => {
    if (request.url.endsWith('/conversations/c2')) conversation(request, response);
  };
  const partly = await gateway.ask(ConversationDocument, { id: 'c2' });
  expect(partly.data?.conversation).toMatchObject({ state: 'IDLE', customer: { name: 'Maria' }, messages: null });
  expect(partly.errors).toContainEqual(expect.objectContaining({ path: ['conversation', 'messages'], extensions: LATE }));
});

it('waits for the outcome of a change beyond the deadline', async () => {
  const held: (() => void)[] = [];
  upstream.script = (request, response) => held.push(() => json(202, { messageId: 'm1' })(request, response));
  const sending = gateway.ask(SendMessageDocument, { input: { conversationId: 'c3', text: 'Hello' } });
  await upstream.received(1);
  // A read that begins later ends before.
  upstream.script = silence;
  expect((await gateway.ask(ConversationStateDocument, { id: 'c4' })).errors).toMatchObject([{ extensions: LATE }]);
  for (const answer of held) answer();
  expect(await sending).toMatchObject({ data: { sendMessage: { userErrors: [] } }, errors: [] });
});
