import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** The rest of a rejected body is read and discarded for so long: 5 s. */
const LINGER_MS = 5_000;
/** And for so long where its time is over, or the gateway is about to stop. */
const SHORT_LINGER_MS = 1_000;

/**
 * Lets a client read why it is rejected while it still sends (lingering close, RFC 9112, 9.6): a connection that is closed with unread bytes is reset, and an answer on its
 * way is lost with it. The answer goes out immediately; its connection is closed once the rest of the body has been read and discarded, or after 5 s. To be set up before any
 * route, behind what puts answers off.
 */
export function lingerOnUnreadBodies(app: FastifyInstance, draining: () => boolean): void {
  app.addHook('onSend', ({ raw }, reply, payload, done) => {
    if (raw.complete || raw.destroyed || !(typeof payload === 'string' || Buffer.isBuffer(payload))) {
      done();
      return;
    }
    const bytes = Buffer.from(payload);
    void reply.headers({ connection: 'close', 'content-length': bytes.length });
    done(null, Readable.from(lingering(bytes, raw, draining() || reply.statusCode === 408 ? SHORT_LINGER_MS : LINGER_MS)));
  });
}

/** An answer that ends once the request has been read, or its time is over. */
async function* lingering(answer: Buffer, request: IncomingMessage, lingerMs: number): AsyncGenerator<Buffer> {
  yield answer;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lingerMs);
    const over = () => {
      clearTimeout(timer);
      resolve();
    };
    for (const event of ['end', 'error', 'close']) request.once(event, over);
    request.unpipe().resume();
  });
}
