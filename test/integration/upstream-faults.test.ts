import { randomUUID } from 'node:crypto';
import { ConversationDocument, ConversationStateDocument, CreateConversationDocument } from '../operations/operations.generated.js';
import { LeaveConversationDocument, NodeDocument, SendMessageDocument } from '../operations/operations.generated.js';
import { describeError } from '../../src/observability/logger.js';
import { toGlobalId } from '../../src/schema/global-id.js';
import { CHAT_GATEWAY_V1, describeGenerations } from '../support/generations.js';
import { RunningGateway } from '../support/running-gateway.js';
import type { Answer } from '../support/running-gateway.js';
import { IDLE, strangeAnswer } from './malformed-responses.js';
import { json, raw, silence, startUpstream } from '../unit/datasources/scripted-upstream.js';
import type { Script, ScriptedUpstream } from '../unit/datasources/scripted-upstream.js';

const API_KEY = 'the-key-of-the-upstream';
const INNARDS = 'innards of the upstream';

let upstream: ScriptedUpstream;
let gateway: RunningGateway;
/** While set, whatever asks for the time breaks. */
const clock = { broken: false };
const TOKEN = json(200, { access_token: API_KEY, expires_in: '3600' });
const hangUp: Script = (_request, response) => response.destroy();
const innards = { message: INNARDS, errors: [{ code: 'x', message: INNARDS }] };

describeGenerations('an upstream that fails', (generation) => {
  const gatewayOver = (url: string) =>
    RunningGateway.start({
      generation,
      config: { upstream: generation.upstream({ url, apiKey: API_KEY, tenantId: 't', customerId: 'c' }) },
      overrides: {
        upstreamTimeoutMs: 300,
        // More faults than an upstream would have that is still called.
        upstreamGuard: { judgedCalls: Infinity },
        clock: () => {
          if (clock.broken) throw new Error(INNARDS);
          return Date.now();
        },
      },
    });

  /** To all but who asks for a token. */
  const answerWith = (script: Script) => {
    upstream.script = (request, response) => (request.url === '/oauth/v2/token' ? TOKEN : script)(request, response);
  };
  beforeAll(async () => {
    upstream = await startUpstream();
    gateway = await gatewayOver(upstream.baseUrl);
  });
  afterAll(async () => {
    // This upstream is meant to answer against the contract.
    gateway.contract?.violations.splice(0);
    await gateway.stop();
    await upstream.close();
  });
  beforeEach(() => {
    upstream.requests.length = 0;
  });

  /** The faults of an answer, which must be a GraphQL answer that gives nothing of the upstream away. */
  function faultsOf({ status, data, errors }: Answer<unknown>): object[] {
    expect(status).toBe(200);
    const printed = JSON.stringify({ data, errors });
    for (const secret of [INNARDS, API_KEY, '127.0.0.1', new URL(upstream.baseUrl).port, 'chat-gateway', '/vcc/'])
      expect(printed).not.toContain(secret);
    return errors.map(({ path, extensions }) => ({ path, ...extensions }));
  }

  it.each([
    ['too many requests', json(429, innards, { 'retry-after': '7' }), { code: 'RATE_LIMITED', retryAfterSeconds: 7 }],
    ['too many requests, without a time', json(429, innards), { code: 'RATE_LIMITED' }],
    ['a fault of its own', json(500, innards), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['that it is under maintenance', json(503, innards, { 'retry-after': '30' }), { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 30 }],
    ["that the gateway's key is wrong", json(401, innards), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['that the request is wrong', json(400, innards), { code: 'UPSTREAM_REJECTED' }],
    ['a redirect', raw(302, INNARDS, { location: 'http://127.0.0.1/' }), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['a web page', raw(200, `<html>${INNARDS}</html>`, { 'content-type': 'text/html' }), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['a list for an object', json(200, [INNARDS]), { code: 'UPSTREAM_UNAVAILABLE' }],
    ['nothing', silence, { code: 'UPSTREAM_TIMEOUT' }],
    ['by hanging up', hangUp, { code: 'UPSTREAM_UNAVAILABLE' }],
  ])('reports the error when the upstream answers a read with %s', async (_what, script, fault) => {
    answerWith(script);
    const answer = await gateway.ask(ConversationStateDocument, { id: randomUUID() });
    expect(faultsOf(answer)).toEqual([{ path: ['conversation'], ...fault }]);
  });

  it.each([
    ['too many requests', json(429, innards, { 'retry-after': '7' }), { code: 'RATE_LIMITED', retryAfterSeconds: 7 }],
    ['that it is under maintenance', json(503, innards, { 'retry-after': '30' }), { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 30 }],
    ['that a proxy got no answer', json(504, innards), { code: 'OUTCOME_UNKNOWN' }],
    ['a web page', raw(200, `<html>${INNARDS}</html>`, { 'content-type': 'text/html' }), { code: 'OUTCOME_UNKNOWN' }],
    ['nothing', silence, { code: 'OUTCOME_UNKNOWN' }],
    ['by hanging up', hangUp, { code: 'OUTCOME_UNKNOWN' }],
  ])('reports the error when the upstream answers a change with %s, and sends it once', async (_what, script, fault) => {
    answerWith(script);
    const send = await gateway.ask(SendMessageDocument, { input: { conversationId: 'c1', text: 'Hi' } });
    expect(faultsOf(send)).toEqual([{ path: ['sendMessage'], ...fault }]);
    const create = await gateway.ask(CreateConversationDocument, { input: { channelId: 'ch1', customer: {} } });
    expect(faultsOf(create)).toEqual([{ path: ['createConversation'], ...fault }]);
    const leave = await gateway.ask(LeaveConversationDocument, { input: { conversationId: 'c1' } });
    expect(faultsOf(leave)).toEqual([{ path: ['leaveConversation'], ...fault }]);
    const [leaving = ''] = generation.callsToLeave('c1').at(-1)?.split(' ') ?? [];
    expect(upstream.requests.map(({ method }) => method).filter((method) => method !== 'GET')).toEqual(['POST', 'POST', leaving]);
  });

  it('accepts unknown enum values of the upstream', async () => {
    answerWith((request, response) => json(200, strangeAnswer(request.url))(request, response));
    const { conversation } = await gateway.get(ConversationDocument, { id: 'c1' });
    expect(conversation).toMatchObject({
      state: 'UNKNOWN',
      createdAt: null,
      channel: { name: '', queue: null },
      customer: { name: null, properties: [] },
      participants: [{ participantId: 'r1', type: 'OTHER', removed: null }],
      messages: { nodes: [{ text: '7', createdAt: null, author: { type: 'OTHER' }, cards: [] }] },
    });
    expect(conversation).toMatchObject(generation.strangeConversation);
    const { node } = await gateway.get(NodeDocument, { id: toGlobalId('Channel', 'ch1') });
    expect(node).toMatchObject({ __typename: 'Channel' });
  });

  it('shows a message whose cards are nested too deep to be written as JSON, with what fits of them', async () => {
    const card = `{"contentType":"text/plain","content":{"body":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    answerWith((request, response) =>
      raw(200, JSON.stringify(strangeAnswer(request.url)).replace('"cards":[7]', `"cards":[${card}]`), {
        'content-type': 'application/hal+json',
      })(request, response),
    );
    const { conversation } = await gateway.get(ConversationDocument, { id: 'c1' });
    const cards = generation.name === CHAT_GATEWAY_V1.name ? [{ content: { body: expect.any(Array) } }] : [];
    expect(conversation).toMatchObject({ messages: { nodes: [{ text: '7', cards }] } });
  });

  it('returns partial data when a part cannot be read', async () => {
    answerWith((request, response) => {
      const whole = request.url.endsWith('/conversations/c1');
      (whole ? json(200, IDLE) : json(500, innards))(request, response);
    });
    const answer = await gateway.ask(ConversationDocument, { id: 'c1' });
    expect(answer.data?.conversation).toMatchObject({
      state: 'IDLE',
      customer: { name: 'Maria' },
      ...Object.fromEntries(generation.readByThemselves.map((part) => [part, null])),
    });
    expect(faultsOf(answer)).toEqual(
      expect.arrayContaining(generation.readByThemselves.map((part) => ({ path: ['conversation', part], code: 'UPSTREAM_UNAVAILABLE' }))),
    );
  });

  it('masks unexpected errors behind the request id', async () => {
    clock.broken = true;
    const answer = await gateway
      .ask(SendMessageDocument, { input: { conversationId: 'c1', text: 'Hi' } })
      .finally(() => (clock.broken = false));
    const requestId = answer.headers.get('x-request-id');
    expect(faultsOf(answer)).toEqual([{ path: ['sendMessage'], code: 'INTERNAL_SERVER_ERROR', requestId }]);
    expect(answer.errors[0]?.message).toBe('Internal server error');
    const line = gateway.log.lines.find(({ level }) => level === 'error');
    expect(line).toMatchObject({ message: 'internal error', fields: { requestId, path: 'sendMessage', error: expect.any(Error) } });
  });

  it('reports an unreachable upstream to clients and to the operator', async () => {
    const gone = await startUpstream();
    await gone.close();
    const alone = await gatewayOver(gone.baseUrl);
    const read = await alone.ask(ConversationStateDocument, { id: 'c1' });
    expect(faultsOf(read)).toEqual([{ path: ['conversation'], code: 'UPSTREAM_UNAVAILABLE' }]);
    const change = await alone.ask(SendMessageDocument, { input: { conversationId: 'c1', text: 'a secret text' } });
    expect(faultsOf(change)).toEqual([{ path: ['sendMessage'], code: 'UPSTREAM_UNAVAILABLE' }]);
    await alone.stop();
    const printed = alone.log.lines.filter(({ message }) => message === 'upstream call failed').map(({ fields }) => fields);
    expect(printed.at(-1)).toMatchObject({
      operation: 'messages.send',
      status: null,
      fault: 'UPSTREAM_UNAVAILABLE',
      reason: 'ECONNREFUSED',
    });
  });

  it('logs neither texts nor keys nor where the upstream is', () => {
    // An error is written as the logger to stdout writes it.
    const printed = JSON.stringify(gateway.log.lines, (key, value: unknown) => (key === 'error' ? describeError(value) : value));
    expect(printed).toContain('upstream call failed');
    for (const secret of [API_KEY, INNARDS, '"Hi"', `:${new URL(upstream.baseUrl).port}`]) expect(printed).not.toContain(secret);
  });
});

it('logs once that the circuit is open, not at each call', async () => {
  const gone = await startUpstream();
  await gone.close();
  const alone = await RunningGateway.start({
    config: { upstream: CHAT_GATEWAY_V1.upstream({ url: gone.baseUrl, apiKey: API_KEY, tenantId: 't', customerId: 'c' }) },
    overrides: { upstreamGuard: { judgedCalls: 2 } },
  });
  try {
    const warnings = () => alone.log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    await alone.ask(ConversationStateDocument, { id: 'c1' });
    const before = warnings();
    expect(before.filter((message) => message.startsWith('upstream down'))).toHaveLength(1);
    for (const id of ['c2', 'c3']) {
      const { errors } = await alone.ask(ConversationStateDocument, { id });
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
    }
    expect(warnings()).toEqual(before);
  } finally {
    await alone.stop();
  }
});
