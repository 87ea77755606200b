import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import WebSocket from 'ws';
import type { Overrides } from '../../src/composition/overrides.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { nextOf, operationOn } from './raw-socket.js';

const VERSION = { query: '{ gateway { version } }' };
const MINUTE_MS = 60_000;
const NOT_NOW = { message: expect.stringContaining('Too many requests'), extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 20 } };

let gateway: RunningGateway;
let now = Date.now();
const overrides: Overrides = { clock: () => now };
beforeAll(async () => {
  gateway = await RunningGateway.start({ overrides, config: { rateLimit: { viewer: 1, address: 3 }, trustProxy: ['loopback'] } });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  now += MINUTE_MS;
});

const from = (address: string) => ({ 'x-forwarded-for': address });

it('sends the remaining quota and the retry delay over HTTP', async () => {
  const answers = [];
  for (let n = 0; n < 4; n += 1) answers.push(await gateway.post(VERSION));
  expect(answers.map(({ status, headers }) => [status, headers.get('ratelimit'), headers.get('retry-after')])).toEqual([
    [200, '"address";r=2', null],
    [200, '"address";r=1', null],
    [200, '"address";r=0', null],
    [429, '"address";r=0', '20'],
  ]);
  expect(answers[3]).toMatchObject({ data: null, errors: [NOT_NOW] });
  expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"address";q=3;w=60');
  now += MINUTE_MS / 3;
  expect((await gateway.post(VERSION)).status).toBe(200);
});

it('counts each IPv4 address and each IPv6 network', async () => {
  const statusesOf = async (addresses: readonly string[]) => {
    const statuses = [];
    for (const address of addresses) statuses.push((await gateway.post(VERSION, from(address))).status);
    return statuses;
  };
  expect(await statusesOf(['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.1', '192.0.2.1', '192.0.2.2'])).toEqual([
    200, 200, 200, 200, 429, 200,
  ]);
  expect(await statusesOf(['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8::4'])).toEqual([200, 200, 200, 429]);
});

it.each([
  ['an IPv4 client', (port: number) => `192.0.2.9:${port}`],
  ['an IPv6 client', (port: number) => `[2001:db8:9::1]:${port}`],
  ['a client behind a second trusted proxy', (port: number) => `192.0.2.10:${port}, 127.0.0.1:${port + 1}`],
])('counts %s as one client if its proxy adds ports to X-Forwarded-For', async (_what, forwardedFor) => {
  const statuses = [];
  for (const port of [50_001, 50_003, 50_005, 50_007]) statuses.push((await gateway.post(VERSION, from(forwardedFor(port)))).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
});

it('rejects before reading the body, uploads and downloads too', async () => {
  for (let n = 0; n < 3; n += 1) await gateway.post(VERSION);
  expect((await gateway.post('{ no json')).status).toBe(429);
  const download = await fetch(`${gateway.addresses.url}/attachments/x`);
  expect([download.status, download.headers.get('retry-after'), await download.json()]).toEqual([
    429,
    '20',
    { error: expect.stringContaining('Too many requests'), code: 'RATE_LIMITED' },
  ]);
  expect((await fetch(`${gateway.addresses.url}/uploads/x`, { method: 'PUT', body: 'x' })).status).toBe(429);
});

it('counts operations over a socket, and sockets', async () => {
  const socket = new WebSocket(gateway.addresses.wsUrl, 'graphql-transport-ws', { headers: from('192.0.2.3') });
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  expect(await nextOf(socket)).toEqual({ type: 'connection_ack' });
  const answers = [];
  for (const id of ['1', '2', '3']) answers.push(await operationOn(socket, id, VERSION));
  expect(answers).toMatchObject([{ type: 'next' }, { type: 'next' }, { type: 'error', payload: [NOT_NOW] }]);
  socket.terminate();
  const another = new WebSocket(gateway.addresses.wsUrl, 'graphql-transport-ws', { headers: from('192.0.2.3') });
  another.on('error', () => undefined);
  const [, response] = (await once(another, 'unexpected-response')) as [unknown, IncomingMessage];
  expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '20']);
  response.destroy();
});

it('never rejects webhooks and health checks', async () => {
  const webhook = () =>
    fetch(gateway.addresses.webhookUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"eventType":"WEB_HOOK_VERIFY"}',
    });
  for (let n = 0; n < 5; n += 1) expect((await webhook()).status).toBe(204);
  for (let n = 0; n < 5; n += 1) expect((await fetch(`${gateway.addresses.url}/readyz`)).status).toBe(200);
});

it("counts a viewer's operations from all addresses, over HTTP and sockets together", async () => {
  const auth = await RunningGateway.start({
    overrides,
    config: { rateLimit: { viewer: 3, address: 100 }, trustProxy: ['loopback'], auth: WITH_SECRET },
  });
  const [mia, tom] = await Promise.all(
    ['mia', 'tom'].map(async (sub) => ({ authorization: `Bearer ${await signed({ sub, scope: 'chat:service' }, { now })}` })),
  );
  const first = await auth.post(VERSION, { ...mia, ...from('192.0.2.1') });
  expect([first.status, first.headers.get('ratelimit')]).toEqual([200, '"address";r=99, "viewer";r=2']);
  expect((await auth.post(VERSION, { ...mia, ...from('192.0.2.2') })).status).toBe(200);
  expect((await auth.post(VERSION, { ...tom, ...from('192.0.2.2') })).status).toBe(200);
  const socket = new WebSocket(auth.addresses.wsUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: mia }));
  expect(await nextOf(socket)).toEqual({ type: 'connection_ack' });
  expect(await operationOn(socket, '1', VERSION)).toMatchObject({ type: 'next' });
  expect(await operationOn(socket, '2', VERSION)).toMatchObject({
    type: 'error',
    payload: [{ message: expect.stringContaining('by you'), extensions: { code: 'RATE_LIMITED' } }],
  });
  socket.terminate();
  const refused = await auth.post(VERSION, { ...mia, ...from('192.0.2.3') });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20']);
  await auth.stop();
});

it('trusts X-Forwarded-For from its proxies only', async () => {
  const direct = await RunningGateway.start({ overrides, config: { rateLimit: { viewer: 1, address: 1 } } });
  expect((await direct.post(VERSION, from('192.0.2.1'))).status).toBe(200);
  expect((await direct.post(VERSION, from('192.0.2.2'))).status).toBe(429);
  await direct.stop();
});

it('limits nothing if it is off', async () => {
  const unlimited = await RunningGateway.start({ overrides });
  const { status, headers } = await unlimited.post(VERSION);
  expect([status, headers.get('ratelimit')]).toEqual([200, null]);
  await unlimited.stop();
});
