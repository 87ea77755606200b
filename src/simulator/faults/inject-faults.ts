import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Faults } from './faults.js';

const CONTROL = '/_sim/';

/** Injects the active faults into all calls except those to `/_sim`. Call it before adding routes. */
export function injectFaults(server: FastifyInstance, faults: Faults): void {
  const isExempt = ({ url }: FastifyRequest) => url.startsWith(CONTROL);
  // Not by promises: of a hook whose response is interrupted, Fastify goes on with the call.
  server.addHook('preHandler', (request, reply, done) => {
    const start = () => {
      if (faults.roll('rate-limited')) reject(reply.header('retry-after', '1'), 429, 'too many requests');
      else if (faults.roll('server-error')) reject(reply, 503, 'out of order');
      else if (faults.roll('silence')) reply.hijack();
      else done();
    };
    const delay = isExempt(request) ? null : faults.delay('latency');
    if (isExempt(request)) done();
    else if (delay === null) start();
    else void delay.then(start);
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (!isExempt(request) && faults.roll('reset')) request.raw.socket.resetAndDestroy();
    if (!isExempt(request) && Buffer.isBuffer(payload) && faults.roll('half-answer')) done(null, half(payload, request, reply));
    else done(null, payload);
  });
}

function reject(reply: FastifyReply, status: number, message: string): void {
  void reply
    .code(status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify({ message })));
}

/** Announces the full length, sends half and closes the connection. */
function half(payload: Buffer, request: FastifyRequest, reply: FastifyReply): Readable {
  reply.header('content-length', payload.length);
  const socket = request.raw.socket;
  return Readable.from(sendPart(payload.subarray(0, Math.floor(payload.length / 2)), socket));
}

async function* sendPart(part: Buffer, socket: Socket): AsyncGenerator<Buffer> {
  yield part;
  // After the part has been sent.
  await new Promise(setImmediate);
  socket.destroy();
}
