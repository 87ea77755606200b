import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { lingerOnUnreadBodies } from '../../../../src/transport/http/linger.js';

const LIMIT = 1_000;
const MIB = 1_048_576;
const TIMES = 15;

let app: FastifyInstance;
let port: number;
beforeAll(async () => {
  app = fastify({ bodyLimit: LIMIT });
  lingerOnUnreadBodies(app, () => false);
  app.post('/', () => 'taken');
  app.post('/forbidden', { onRequest: (_request, reply) => void reply.code(401).send({ error: 'no' }) }, () => 'taken');
  await app.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = app.server.address() as AddressInfo);
});
afterAll(() => app.close());

/** Sends a whole body of 4 MiB before it reads anything, as proxies do that have it at hand. */
async function sendAll(path: string, version: string, headers: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(`POST ${path} HTTP/${version}\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n`);
  for (let n = 0; n < 4; n += 1)
    await new Promise<void>((sent, failed) => socket.write(Buffer.alloc(MIB, 32), (error) => (error ? failed(error) : sent())));
  return text(socket);
}

it.each([
  ['of a length over the limit', '/', '1.1', `content-length: ${4 * MIB}\r\n`, 413],
  ['that is refused before it is looked at', '/forbidden', '1.1', `content-length: ${4 * MIB}\r\n`, 401],
  ['of a proxy that closes its connections', '/', '1.1', `connection: close\r\ncontent-length: ${4 * MIB}\r\n`, 413],
  ['of a proxy that speaks HTTP/1.0', '/', '1.0', `content-length: ${4 * MIB}\r\n`, 413],
])('has the sender of a body %s read the answer, each time', async (_what, path, version, headers, status) => {
  for (let n = 0; n < TIMES; n += 1) expect(await sendAll(path, version, headers)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

it("has Node's fetch read the answer", async () => {
  for (let n = 0; n < TIMES; n += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.alloc(4 * MIB, 32),
    });
    expect([response.status, await response.json()]).toEqual([413, expect.objectContaining({ code: 'FST_ERR_CTP_BODY_TOO_LARGE' })]);
  }
});

it('answers immediately, and discards the rest for five seconds at most', async () => {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${1_000 * MIB}\r\n\r\n{`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toMatch(/^HTTP\/1\.1 413 .*connection: close/is);
  const answered = performance.now();
  const trickle = setInterval(() => socket.write(' '), 50);
  await once(socket.resume(), 'close');
  clearInterval(trickle);
  expect(performance.now() - answered).toBeGreaterThan(4_000);
});

it('leaves answers to whole requests as they are', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect([response.status, response.headers.get('connection')]).toEqual([200, 'keep-alive']);
});
