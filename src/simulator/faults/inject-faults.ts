import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Faults } from './faults.js';

const CONTROL = '/_sim/';

/** Lets the faults in force happen to all calls but those to the control. To be called before any route is made. */
export function injectFaults(server: FastifyInstance, faults: Faults): void {
  const spared = ({ url }: FastifyRequest) => url.startsWith(CONTROL);
  server.addHook('preHandler', async (request, reply) => {
    if (spared(request)) return;
    await faults.delay('latency');
    if (faults.roll('rate-limited')) return refuse(reply.header('retry-after', '1'), 429, 'too many requests');
    if (faults.roll('server-error')) return refuse(reply, 503, 'out of order');
    if (faults.roll('silence')) return reply.hijack();
    return undefined;
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    if (!spared(request) && faults.roll('reset')) request.raw.socket.resetAndDestroy();
    if (!spared(request) && Buffer.isBuffer(payload) && faults.roll('half-answer')) done(null, half(payload, request, reply));
    else done(null, payload);
  });
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/problem+json')
    .send(Buffer.from(JSON.stringify({ message })));
}

/** Announces all, gives half and breaks off. */
function half(payload: Buffer, request: FastifyRequest, reply: FastifyReply): Readable {
  reply.header('content-length', payload.length);
  const socket = request.raw.socket;
  return Readable.from(brokenOff(payload.subarray(0, Math.floor(payload.length / 2)), socket));
}

async function* brokenOff(part: Buffer, socket: Socket): AsyncGenerator<Buffer> {
  yield part;
  // Once it is on its way.
  await new Promise(setImmediate);
  socket.destroy();
}
