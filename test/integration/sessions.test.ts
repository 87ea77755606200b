import { once } from 'node:events';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { ScheduleAt } from '../../src/domain/schedule-at.js';
import { requestEventStream } from '../support/event-stream-results.js';
import { requestMultipart } from '../support/multipart-results.js';
import { RunningGateway } from '../support/running-gateway.js';
import { Issuer, WITH_SECRET, signed } from '../support/tokens.js';
import { askAs, dataAs, firstResult, socketAs, subscriberAs } from './access-client.js';
import { nextOf, operationOn } from './raw-socket.js';

const CREATE =
  'mutation($input: CreateConversationInput!) { createConversation(input: $input) { cursor conversation { conversationId } } }';
const LATEST = 'query($c: ID!) { conversation(id: $c) { latestCursor } }';
const FOLLOW = 'subscription($c: ID!, $after: String) { messageAdded(conversationId: $c, after: $after) { message { text } } }';

let now: number;
/** Never fires: the check at each event alone ends what is delivered. */
const scheduleAt: ScheduleAt = () => () => undefined;
let gateway: RunningGateway;
let issuer: Issuer;
let service: string;
let conversationId: string;
let origin: string;
beforeAll(async () => {
  now = Date.now();
  issuer = await Issuer.start();
  gateway = await RunningGateway.start({
    config: { auth: { ...WITH_SECRET, jwksUrl: issuer.url }, webhookMaxAgeMs: 0, corsOrigins: ['https://app.example'] },
    overrides: { clock: () => now, scheduleAt, initTimeoutMs: 2_000 },
  });
  service = await signed({ scope: 'chat:service', sub: 'bot', exp: Math.floor(now / 1_000) + 86_400 });
  const input = { channelId: gateway.simulator.channelId, customer: { customerId: 'mia' } };
  const created = await dataAs<{ cursor: string; conversation: { conversationId: string } }>(gateway, service, CREATE, { input });
  ({ conversationId } = created.conversation);
  origin = created.cursor;
  gateway.simulator.centre.agentAccepts(conversationId);
});
afterAll(async () => {
  await gateway.stop();
  await issuer.stop();
});

/** Good for a minute from now. */
const forAMinute = () => signed({ scope: 'chat:customer', sub: 'mia', conversations: [conversationId], exp: Math.floor(now / 1_000) + 60 });
const says = (text: string) => gateway.simulator.centre.agentSays(conversationId, text);
const textIn = ({ data }: { readonly data?: unknown }) =>
  (data as { messageAdded: { message: { text: string } } }).messageAdded.message.text;

describe('a token that expires in mid-subscription', () => {
  it.each([
    ['WebSocket', { code: 4403, reason: expect.stringContaining('expired') as unknown }],
    ['multipart', { errors: [{ message: expect.stringContaining('expired') as unknown, extensions: { code: 'UNAUTHENTICATED' } }] }],
    ['event stream', [{ message: expect.stringContaining('expired') as unknown, extensions: { code: 'UNAUTHENTICATED' } }]],
  ] as const)(
    'stops delivery over %s immediately; with a new token it resumes after its cursor, and misses and repeats nothing',
    async (transport, end) => {
      const received: string[] = [];
      const ended: unknown[] = [];
      let after = (await dataAs<{ latestCursor: string }>(gateway, service, LATEST, { c: conversationId })).latestCursor;
      const follow = async (count: number) => {
        const client = subscriberAs(gateway, await forAMinute(), transport);
        try {
          for await (const result of client.iterate({ query: FOLLOW, variables: { c: conversationId, after } })) {
            received.push(textIn(result));
            after = (result.extensions as { cursor: string }).cursor;
            if (received.length === count) break;
            if (received.length === 1) {
              now += 60_000;
              says('after the end');
            }
          }
        } catch (error) {
          ended.push(error);
        }
        await client.dispose();
      };
      says('before the end');
      await follow(9);
      expect(received).toEqual(['before the end']);
      expect(ended).toMatchObject([end]);

      says('while away');
      const going = follow(4);
      says('and on');
      await going;
      expect(received).toEqual(['before the end', 'after the end', 'while away', 'and on']);
      expect(ended).toHaveLength(1);
    },
  );
});

describe('over HTTP', () => {
  const VIEWER = '{ viewer { role subject conversationIds expiresAt } }';

  it("shows the viewer and the token's expiry", async () => {
    expect(await dataAs(gateway, await forAMinute(), VIEWER)).toEqual({
      role: 'CUSTOMER',
      subject: 'mia',
      conversationIds: [conversationId],
      expiresAt: new Date((Math.floor(now / 1_000) + 60) * 1_000).toISOString(),
    });
    expect(await dataAs(gateway, null, VIEWER)).toEqual({ role: 'ANONYMOUS', subject: null, conversationIds: null, expiresAt: null });
  });

  it.each([
    ['expired', () => signed({ scope: 'chat:service', exp: 1 }), /expired/],
    ['no token', () => Promise.resolve('nonsense'), /Invalid token/],
  ])('answers 401 to one that is %s, before anything else, and does not repeat it', async (_what, make, words) => {
    const token = await make();
    const { graphqlUrl } = gateway.addresses;
    for (const request of [
      new Request(graphqlUrl, { method: 'POST', body: 'no JSON' }),
      new Request(`${graphqlUrl}?query={viewer{role}}`),
    ]) {
      request.headers.set('authorization', `Bearer ${token}`);
      const response = await fetch(request);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"']);
      const body = await response.text();
      expect(JSON.parse(body)).toEqual({ errors: [{ message: expect.stringMatching(words), extensions: { code: 'UNAUTHENTICATED' } }] });
      expect(body).not.toContain(token);
    }
    expect(JSON.stringify(gateway.log.lines)).not.toContain(token);
  });

  it('answers 503 while the keys to check it by cannot be fetched', async () => {
    issuer.failing = true;
    const { status, body } = await askAs(gateway, await issuer.sign({ scope: 'chat:service' }, { now }), VIEWER);
    expect(status).toBe(503);
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'AUTH_UNAVAILABLE' });
    issuer.failing = false;
    now += 5_000;
    expect(await dataAs(gateway, await issuer.sign({ scope: 'chat:service' }, { now }), VIEWER)).toMatchObject({ role: 'SERVICE' });
  });
});

/** A socket that said who it is with these parameters, and the answer. */
async function initiated(params: unknown, options: WebSocket.ClientOptions = {}) {
  const socket = new WebSocket(gateway.addresses.wsUrl, 'graphql-transport-ws', options);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
  return { socket, answer: await nextOf(socket) };
}

async function closed(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return;
  const close = once(socket, 'close');
  socket.close();
  await close;
}

describe('over WebSocket', () => {
  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('accepts the token from `%s`', async (name) => {
    const { socket, answer } = await initiated({ [name]: `Bearer ${service}` });
    expect(answer).toEqual({ type: 'connection_ack' });
    const asked = nextOf(socket);
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ viewer { role } }' } }));
    expect(await asked).toMatchObject({ payload: { data: { viewer: { role: 'SERVICE' } } } });
    await closed(socket);
  });

  it('acknowledges a client without a token, and rejects its subscriptions', async () => {
    const { socket, answer } = await initiated(undefined);
    expect(answer).toEqual({ type: 'connection_ack' });
    await closed(socket);
    const client = socketAs(gateway, null);
    const { errors } = await firstResult(client, FOLLOW, { c: conversationId, after: origin });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^Authentication required: .*Authorization.*connectionParams/),
      extensions: { code: 'UNAUTHENTICATED' },
    });
    await client.dispose();
  });

  it.each([
    ['no token', { authorization: 'Bearer nonsense' }],
    ['no text', { authorization: { Bearer: 'x' } }],
  ])('closes with 4403 on one that is %s', async (_what, params) => {
    expect((await initiated(params)).answer).toEqual({ closed: 4403 });
  });

  it.each([
    ['headers, as clients hand on what they would send over HTTP', (token: string) => ({ headers: { Authorization: token } })],
    ['Headers, in any letter case', (token: string) => ({ Headers: { AUTHORIZATION: token } })],
    ['parameters of any letter case', (token: string) => ({ Authorization: token })],
    ['both, of which the parameter counts', (token: string) => ({ authorization: token, headers: { authorization: 'Bearer nonsense' } })],
  ])('finds the token among %s', async (_what, paramsOf) => {
    const { socket, answer } = await initiated(paramsOf(`Bearer ${service}`));
    expect(answer).toEqual({ type: 'connection_ack' });
    const result = await operationOn(socket, '1', { query: '{ viewer { role } }' });
    expect(result).toMatchObject({ payload: { data: { viewer: { role: 'SERVICE' } } } });
    await closed(socket);
  });

  it.each([
    ['is wrong', { headers: { authorization: 'Bearer nonsense' } }],
    ['is no text', { headers: { authorization: ['Bearer', 'x'] } }],
  ])('closes with 4403 on a token among headers that %s', async (_what, params) => {
    expect((await initiated(params)).answer).toEqual({ closed: 4403 });
  });

  it('closes with 4408 if there is no connection_init', async () => {
    const socket = new WebSocket(gateway.addresses.wsUrl, 'graphql-transport-ws');
    expect((await once(socket, 'close'))[0]).toBe(4408);
  });

  it('accepts 10 sockets of one viewer, and another one after one is closed', async () => {
    const params = { authorization: `Bearer ${await signed({ scope: 'chat:service', sub: 'many', exp: Math.floor(now / 1_000) + 60 })}` };
    const open = [];
    for (let count = 0; count < 10; count += 1) open.push(await initiated(params));
    expect(open.map(({ answer }) => answer)).toEqual(Array(10).fill({ type: 'connection_ack' }));
    expect((await initiated(params)).answer).toEqual({ closed: 1013 });
    const other = await initiated({ authorization: `Bearer ${service}` });
    expect(other.answer).toEqual({ type: 'connection_ack' });
    await closed(open[0]?.socket as WebSocket);
    const again = await initiated(params);
    expect(again.answer).toEqual({ type: 'connection_ack' });
    await Promise.all([...open, other, again].map(({ socket }) => closed(socket)));
  });

  it('allows a service as many sockets as configured, more than a customer', async () => {
    const limited = await RunningGateway.start({ config: { auth: WITH_SECRET, connectionLimit: { viewer: 2, service: 12 } } });
    const open: WebSocket[] = [];
    const answersOf = async (scope: string, count: number) => {
      const token = await signed({ scope, sub: 'shared', conversations: ['c'], exp: Math.floor(Date.now() / 1_000) + 60 });
      const answers: unknown[] = [];
      for (let index = 0; index < count; index += 1) {
        const socket = new WebSocket(limited.addresses.wsUrl, 'graphql-transport-ws', { headers: { authorization: `Bearer ${token}` } });
        open.push(socket);
        await once(socket, 'open');
        const closing = once(socket, 'close').then(([code, reason]): unknown => [code, String(reason)]);
        socket.send('{"type":"connection_init"}');
        answers.push(await Promise.race([closing, once(socket, 'message').then(([data]) => JSON.parse(String(data)) as unknown)]));
      }
      return answers;
    };
    const acknowledged: unknown = { type: 'connection_ack' };
    const refused = (limit: number): unknown => [1013, expect.stringContaining(`More than ${limit} sockets and HTTP subscriptions`)];
    expect(await answersOf('chat:service', 13)).toEqual([...Array<unknown>(12).fill(acknowledged), refused(12)]);
    expect(await answersOf('chat:customer', 3)).toEqual([acknowledged, acknowledged, refused(2)]);
    for (const socket of open) socket.terminate();
    await limited.stop();
  });

  it('counts subscriptions over HTTP with the sockets, and answers 429 to one too many', async () => {
    const token = await signed({ scope: 'chat:service', sub: 'mixed', exp: Math.floor(now / 1_000) + 60 });
    const params = { authorization: `Bearer ${token}` };
    const requests = [requestMultipart, requestEventStream];
    const ask = (index = 0) =>
      (requests[index % 2] ?? requestMultipart)(
        gateway.addresses.graphqlUrl,
        { query: FOLLOW, variables: { c: conversationId } },
        undefined,
        token,
      );
    const sockets = [];
    for (let count = 0; count < 6; count += 1) sockets.push(await initiated(params));
    const streams = [];
    for (let count = 0; count < 4; count += 1) streams.push(await ask(count));
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200, 200]);

    const refused = await ask();
    expect([refused.status, await refused.json()]).toEqual([
      429,
      { errors: [{ message: expect.stringMatching(/10 sockets and HTTP subscriptions/), extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    expect((await initiated(params)).answer).toEqual({ closed: 1013 });

    await streams[0]?.body?.cancel();
    let again = await ask();
    // The gateway hears of it when it hears of it.
    while (again.status === 429) {
      await again.text();
      again = await ask();
    }
    expect(again.status).toBe(200);
    for (const stream of [again, ...streams.slice(1)]) await stream.body?.cancel();
    await Promise.all(sockets.map(({ socket }) => closed(socket)));
  });

  it('runs 20 operations on a socket in parallel', async () => {
    const { socket } = await initiated({ authorization: `Bearer ${service}` });
    const subscribe = (id: number) =>
      socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: FOLLOW, variables: { c: conversationId } } }));
    for (let id = 1; id <= 20; id += 1) subscribe(id);
    const refused = nextOf(socket);
    subscribe(21);
    expect(await refused).toMatchObject({ id: '21', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    await closed(socket);
  });

  it.each([
    ['of an origin that is set', 'https://app.example', 101],
    ['of its own', () => new URL(gateway.addresses.url).origin, 101],
    ['of another origin', 'https://evil.example', 403],
    ['of an origin that only begins so', 'https://app.example.evil.example', 403],
    ['without an origin', 'null', 403],
  ])('opens to a page %s: %s → %s', async (_what, given, status) => {
    const origin = typeof given === 'string' ? given : given();
    const socket = new WebSocket(gateway.addresses.wsUrl, 'graphql-transport-ws', { origin });
    const answered = await new Promise((resolve) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode);
        response.resume();
        socket.terminate();
      });
      socket.on('error', () => undefined);
    });
    expect(answered).toBe(status);
    if (status === 101) await closed(socket);
  });
});

it('counts no sockets per viewer without authentication', async () => {
  const open = await RunningGateway.start();
  const clients: Client[] = [];
  for (let count = 0; count < 12; count += 1) {
    const client = socketAs(open, null);
    clients.push(client);
    expect(await firstResult(client, '{ viewer { role } }', {})).toMatchObject({ data: { viewer: { role: 'ADMIN' } } });
  }
  await Promise.all(clients.map(async (client) => client.dispose()));
  await open.stop();
});
