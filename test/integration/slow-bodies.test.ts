import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { signedHeaders } from '../../src/simulator/webhook-sender/signed-headers.js';
import { createSigningKey } from '../../src/simulator/webhook-sender/signing-key.js';
import { RunningGateway } from '../support/running-gateway.js';
import { untilTrue } from '../support/until.js';

const MIB = 1_048_576;
const key = createSigningKey('known');
const VERSION = '{"query":"{ gateway { version } }"}';

let gateway: RunningGateway;
let isStopped: boolean;
const sockets: Socket[] = [];
const start = async (bodyTimeoutMs?: number) => {
  const overrides = bodyTimeoutMs === undefined ? {} : { bodyTimeoutMs };
  isStopped = false;
  gateway = await RunningGateway.start({
    simulator: { signingKey: key },
    overrides,
    config: { trustProxy: ['loopback'], drainMs: 600_000 },
  });
};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  if (!isStopped) await gateway.stop();
});

function open(): Socket {
  const socket = connect(Number(new URL(gateway.addresses.url).port), '127.0.0.1').on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** A request of which only the first byte of the body is ever sent. Resolves with its answer. */
async function begin(path: string, announced: number, address = '192.0.2.1'): Promise<string> {
  const socket = open();
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${address}\r\ncontent-type: application/json\r\ncontent-length: ${announced}\r\n\r\n{`,
  );
  let answer = '';
  for await (const piece of socket.setEncoding('utf8')) {
    answer += piece as string;
    if (answer.endsWith('}')) break;
  }
  return answer;
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const bodyOf = (answer: string) => JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as unknown;
const counted = (statuses: readonly number[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

async function genuine(): Promise<number> {
  const { tenantId, customerId } = gateway.simulator;
  const body = Buffer.from('{"eventType":"SURVEY"}');
  const headers = await signedHeaders({ body, tenantId, customerId, eventId: randomUUID(), retry: 0, transmissionTime: Date.now() }, key);
  return (await fetch(gateway.addresses.webhookUrl, { method: 'POST', headers, body })).status;
}

it.each([
  ['80 that announce 1 MiB', 80, MIB, 16],
  ['600 of 10 bytes', 600, 10, 128],
])('accepts genuine webhooks beside endless bodies from one address: %s', async (_what, count, bytes, taken) => {
  await start(60_000);
  const statuses: number[] = [];
  for (let n = 0; n < count; n += 1)
    begin('/webhooks/8x8', bytes).then(
      (answer) => statuses.push(statusOf(answer)),
      // The rest is still open at the end.
      () => undefined,
    );
  await untilTrue(() => statuses.length === count - taken);
  expect(counted(statuses)).toEqual({ 503: count - taken });
  expect(await genuine()).toBe(204);
});

it('releases the slots of endless webhooks after the timeout, whoever sends them', async () => {
  await start(500);
  const addresses = Array.from({ length: 8 }, (_, n) => `192.0.2.${n}`);
  const fill = () => addresses.flatMap((address) => Array.from({ length: 8 }, () => begin('/webhooks/8x8', MIB, address)));
  for (const round of [1, 2]) {
    const answers = await Promise.all(fill());
    expect([round, counted(answers.map(statusOf))]).toEqual([round, { 408: 64 }]);
    expect(bodyOf(answers[0] ?? '')).toEqual({ error: 'the body has not arrived in time' });
    expect(await genuine()).toBe(204);
  }
});

it('answers half a body to /graphql with 408, and more of them from one address than may be arriving with 429', async () => {
  await start(1_000);
  const answers = await Promise.all(Array.from({ length: 130 }, () => begin('/graphql', 1_000)));
  expect(counted(answers.map(statusOf))).toEqual({ 408: 128, 429: 2 });
  const bodies = answers.map((answer) => [statusOf(answer), bodyOf(answer)] as const);
  expect(bodies.find(([status]) => status === 408)?.[1]).toEqual({
    errors: [{ message: 'The body has not arrived within 1 s.', extensions: { code: 'BAD_REQUEST' } }],
  });
  expect(bodies.find(([status]) => status === 429)?.[1]).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED' } }] });
  expect((await gateway.post(VERSION)).status).toBe(200);
});

it('accepts a body that arrives in pieces within the timeout', async () => {
  await start(2_000);
  const socket = open();
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${VERSION.length}\r\n\r\n`,
  );
  const answered = text(socket);
  for (const piece of [VERSION.slice(0, 5), VERSION.slice(5, 20), VERSION.slice(20)])
    await new Promise((resolve) => setImmediate(() => socket.write(piece, resolve)));
  expect(await answered).toContain('"version"');
});

it.each(['/webhooks/8x8', '/graphql'])('shuts down without waiting for half a body to %s', async (path) => {
  await start();
  const socket = open();
  const answers = text(socket);
  const begun = once(socket, 'data');
  const half = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`;
  socket.write(`GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n${half}`);
  // Both were read together.
  await begun;
  isStopped = true;
  await gateway.stop();
  expect((await answers).match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408']);
});
