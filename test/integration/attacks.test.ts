import { randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import WebSocket from 'ws';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { patiently } from '../support/patience.js';
import { RunningGateway } from '../support/running-gateway.js';
import { forgeCrc32 } from '../unit/webhooks/forge-crc32.js';
import { createConversation } from './followed-conversation.js';
import { connectRaw, nextOf, operationOn } from './raw-socket.js';

const VALID = { query: '{ gateway { version } }' };
const key = createSigningKey('genuine');
const STRANGERS = 10_000;
const AT_ONCE = 20;
const MIB = 1_048_576;
/** Generous: what is measured shows floods of seconds and of hundreds of megabytes, and never the noise of a busy machine. */
const MOST_STANDSTILL_MS = 5_000;
const MOST_GROWTH_MIB = 256;

/** What is still held, without what is only not swept up yet. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

let gateway: RunningGateway;
let conversationId: string;
const delay = monitorEventLoopDelay({ resolution: 20 });
let heapBefore = 0;
beforeAll(async () => {
  gateway = await RunningGateway.start({ simulator: { signingKey: key } });
  conversationId = (await createConversation(gateway)).id;
  await gateway.simulator.webhookSender.settled();
  heapBefore = heapInUse();
  delay.enable();
});
afterAll(() => gateway.stop());
/** Beside each attack, others are served. */
afterEach(async () => {
  expect((await gateway.post(VALID)).status).toBe(200);
  expect(gateway.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

const repeated = (count: number, text: (n: number) => string) => Array.from({ length: count }, (_, n) => text(n)).join(' ');
const DOCUMENTS: [string, string][] = [
  ['deep', `{ ${'conversation(id: "c") { '.repeat(500)} id ${'}'.repeat(500)} }`],
  ['wide', `{ gateway { ${'version '.repeat(3_000)} } }`],
  ['aliased', `{ ${repeated(400, (n) => `a${n}: gateway { version }`)} }`],
  ['with cyclic fragments', '{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A }'],
  [
    'with fragments that multiply',
    `{ ...F0 } ${repeated(60, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F60 on Query { viewer { role } }`,
  ],
  ['flooded with directives', `{ gateway ${'@skip(if: false) '.repeat(3_000)} { version } }`],
  ['flooded with tokens', `{ gateway { version } } ${'#'.repeat(1_000)}\n ${', '.repeat(10_000)} ${'x '.repeat(10_000)}`],
  [
    'with pages in pages',
    '{ conversations(first: 100) { nodes { interactions(first: 100) { nodes { messages(first: 100) { nodes { id } } } } } } }',
  ],
  ['with introspection in circles', `{ __schema { types ${'{ fields { type '.repeat(30)} { name } ${'} }'.repeat(30)} } }`],
  ['with values nested', `{ nodes(ids: ${'['.repeat(900)}${']'.repeat(900)}) { id } }`],
  ['with many operations', repeated(300, (n) => `query Q${n} { viewer { role } }`)],
  ['of control characters', '{ gateway \u0000\u0007 { version } }'],
  ['of unicode tricks', '{ gatewаy { version } \u202e }'],
];

it.each(DOCUMENTS)('refuses a document %s, however often', async (_what, query) => {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => gateway.post({ query })));
  for (const { status, data, errors } of answers) {
    expect([status, data]).toEqual([400, null]);
    expect(errors[0]?.extensions?.['code']).toMatch(/QUERY_TOO_COMPLEX|GRAPHQL_(PARSE|VALIDATION)_FAILED|OPERATION_RESOLUTION_FAILURE/);
  }
  const socket = await connectRaw(gateway.addresses.wsUrl);
  const overSocket = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => operationOn(socket, String(n), { query })));
  for (const answer of overSocket) expect(answer).toMatchObject({ type: 'error' });
  socket.terminate();
});

it('rejects malformed requests', async () => {
  const send = async (body: string, headers: Record<string, string>, method = 'POST') =>
    (await fetch(gateway.addresses.graphqlUrl, { method, headers, ...(method === 'GET' ? {} : { body }) })).status;
  const json = { 'content-type': 'application/json' };
  const text = JSON.stringify(VALID);
  expect(await send(`[${Array.from({ length: 1_000 }, () => text).join()}]`, json)).toBe(400);
  expect(await send('x'.repeat(300_000), json)).toBe(413);
  expect(await send(text, { 'content-type': 'text/plain' })).toBe(400);
  expect(await send(text, { 'content-type': 'application/graphql' })).toBe(415);
  expect(await send(text, {}, 'GET')).toBe(400);
  expect(await send(text, json, 'DELETE')).toBe(404);
  const bomb = gzipSync(Buffer.alloc(50 * MIB));
  expect(gunzipSync(bomb)).toHaveLength(50 * MIB);
  expect(
    await fetch(gateway.addresses.graphqlUrl, { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: bomb }).then(
      ({ status }) => status,
    ),
  ).toBe(400);
});

it.each(['__proto__', 'constructor', 'prototype'])('is not changed by the key %s', async (name) => {
  const inner = `{"polluted":"yes","${name}":{"polluted":"yes"}}`;
  const texts = [
    `{"${name}":${inner},"query":"{ viewer { role } }"}`,
    `{"query":"query($f: ConversationFilter) { conversations(first: 1, filter: $f) { totalCount } }","variables":{"f":${inner}}}`,
    `{"query":"{ viewer { role } }","extensions":${inner}}`,
  ];
  for (const text of texts) expect((await gateway.post(text)).status).toBeLessThan(500);
  const socket = await connectRaw(gateway.addresses.wsUrl);
  socket.send(`{"id":"${name}","type":"subscribe","payload":{"query":"{ viewer { role } }","extensions":${inner}}}`);
  await nextOf(socket);
  socket.terminate();
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

it.each([
  '../../../oauth/token',
  '..',
  '.',
  '%2e%2e%2f',
  'a/../b',
  '\\..\\',
  'c?x=1',
  'c#x',
  'c\u0000',
  '\ud800',
  '\u202e',
  ' ',
  'x'.repeat(5_000),
  "' OR 1=1 --",
])('finds nothing under the id %j, and sends no other upstream call', async (id) => {
  const { data, errors } = await gateway.post<{ conversation: unknown; node: unknown }>({
    query:
      'query($id: ID!) { conversation(id: $id) { id customer { name } } node(id: $id) { id } message(conversationId: $id, id: $id) { id } }',
    variables: { id },
  });
  expect([errors, data]).toEqual([[], { conversation: null, node: null, message: null }]);
});

it('closes sockets that do not keep to the protocol', async () => {
  const oversized = await connectRaw(gateway.addresses.wsUrl);
  oversized.send('x'.repeat(70_000));
  expect(await nextOf(oversized)).toEqual({ closed: 1009 });
  const binary = await connectRaw(gateway.addresses.wsUrl);
  binary.send(Buffer.from([0xff, 0xfe, 0x00]));
  expect(await nextOf(binary)).toEqual({ closed: 4400 });
  const twice = await connectRaw(gateway.addresses.wsUrl);
  twice.send('{"type":"connection_init"}');
  expect(await nextOf(twice)).toEqual({ closed: 4429 });
});

it('closes a socket without connection_init', async () => {
  const hasty = await RunningGateway.start({ overrides: { initTimeoutMs: 50 } });
  const socket = new WebSocket(hasty.addresses.wsUrl, 'graphql-transport-ws');
  expect(await nextOf(socket)).toEqual({ closed: 4408 });
  await hasty.stop();
});

const text = () =>
  JSON.stringify({
    eventType: 'MESSAGE',
    conversationId,
    timestamp: Date.now(),
    data: { isEcho: false, sender: { id: 'a1', type: 'agent' }, text: 'Hello', attachments: [], cards: [] },
  });

async function webhook(body: string | Buffer, headers: Record<string, string>): Promise<number> {
  const response = await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body: Buffer.from(body) });
  await response.text();
  return response.status;
}

function signed(body: string, eventId = randomUUID()): Promise<Record<string, string>> {
  const { tenantId, customerId } = gateway.simulator;
  return signedHeaders({ body: Buffer.from(body), tenantId, customerId, eventId, retry: 0, transmissionTime: Date.now() }, key);
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const withHeader = (headers: Record<string, string>, header: object) => ({
  ...headers,
  'x-8x8-signature': `${encoded(header)}..${headers['x-8x8-signature']?.split('..')[1] ?? ''}`,
});

it('answers ten thousand unknown signing keys from a bounded cache, and a genuine event beside them', async () => {
  const body = text();
  const headers = await signed(body);
  const asked = () => gateway.simulator.calls.filter(({ path }) => path.includes('/jwk/')).length;
  const before = asked();
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < STRANGERS; sent += AT_ONCE) {
    const flood = Array.from({ length: AT_ONCE }, (_, n) =>
      webhook(body, withHeader(headers, { b64: false, crit: ['b64'], kid: `stranger-${sent + n}`, alg: 'RS256' })),
    );
    for (const status of await Promise.all(flood)) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (sent === STRANGERS / 2) expect(await webhook(body, headers)).toBe(204);
  }
  expect([...statuses.keys()]).toEqual([503]);
  // Sixty a minute, and it takes a few minutes at the very most.
  expect(asked() - before).toBeLessThan(600);
}, 300_000);

it('rejects signatures with another algorithm', async () => {
  const body = text();
  const headers = await signed(body);
  for (const alg of ['none', 'HS256', 'RS512', 'PS256', 'ES256', ''])
    expect([alg, await webhook(body, withHeader(headers, { b64: false, crit: ['b64'], kid: 'genuine', alg }))]).toEqual([alg, 401]);
  expect(
    await webhook(body, { ...headers, 'x-8x8-signature': `${encoded({ b64: false, crit: ['b64'], kid: 'genuine', alg: 'none' })}..` }),
  ).toBe(401);
});

it('stores nothing of a forged body with the checksum and the event id of a genuine one', async () => {
  const body = text();
  const headers = await signed(body);
  expect(await webhook(body, headers)).toBe(204);
  const { crc32 } = await import('node:zlib');
  const forged = forgeCrc32('{"eventType":"MESSAGE","conversationId":"another","timestamp":1,"data":{"text":"', '"}}', crc32(body));
  expect(await webhook(forged, headers)).toBe(401);
  const events = await gateway.post<{ conversation: { events: { nodes: unknown[] } } }>({
    query:
      'query($id: ID!) { conversation(id: $id) { events(last: 100, types: [MESSAGE_ADDED]) { nodes { ... on MessageAdded { message { text } } } } } }',
    variables: { id: conversationId },
  });
  expect(JSON.stringify(events.data)).not.toMatch(/[ac]{80}/);
});

it('stays healthy throughout', () => {
  delay.disable();
  expect(delay.max / 1e6).toBeLessThan(patiently(MOST_STANDSTILL_MS));
  expect((heapInUse() - heapBefore) / MIB).toBeLessThan(MOST_GROWTH_MIB);
});
