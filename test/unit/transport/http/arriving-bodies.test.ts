import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { ArrivingBodies } from '../../../../src/transport/http/arriving-bodies.js';

const BODY = '{"query":"{ __typename }"}';
const HEAD = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';

let app: FastifyInstance;
let socket: Socket;
/** Of each request, whether its parser read the request itself, and not a copy whose time and number are bounded. */
let readAsItIs: boolean[];
beforeEach(async () => {
  readAsItIs = [];
  app = fastify();
  new ArrivingBodies().attach(app);
  app.addHook('preParsing', (request, _reply, payload, done) => {
    readAsItIs.push(payload === request.raw);
    done(null, payload);
  });
  app.post('/', () => ({}));
  await app.listen({ host: '127.0.0.1', port: 0 });
  socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
});
afterEach(async () => {
  socket.destroy();
  await app.close();
});

async function answerTo(...pieces: readonly string[]): Promise<string> {
  const answered = once(socket.setEncoding('utf8'), 'data') as Promise<[string]>;
  for (const piece of pieces) await new Promise((sent) => setImmediate(() => socket.write(piece, sent)));
  return (await answered)[0];
}

it('reads a body that comes with its headers as it is', async () => {
  expect(await answerTo(`${HEAD}content-length: ${BODY.length}\r\n\r\n${BODY}`)).toContain('200 OK');
  expect(readAsItIs).toEqual([true]);
});

it('bounds a body whose last byte comes later', async () => {
  expect(await answerTo(`${HEAD}content-length: ${BODY.length}\r\n\r\n${BODY.slice(0, -1)}`, BODY.slice(-1))).toContain('200 OK');
  expect(readAsItIs).toEqual([false]);
});
