import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { RateLimitedError } from '../../domain/errors.js';
import { addressKey } from '../limits/address-key.js';
import { HttpError } from './http-error.js';

/** How long the body of a request may take to arrive: 10 s. */
const BODY_TIMEOUT_MS = 10_000;
/** And what is left of that when the gateway stops. */
const STOPPING_MS = 1_000;
/** How many bodies may be arriving from one address, and how many bytes they may announce: a quarter of what webhooks may have in flight. */
const MAX_OF_ONE_ADDRESS = { requests: 128, bytes: 16 * 1024 * 1024 };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its bodies are as long as they are, and are handled piece by piece. */
    streamsBody?: boolean;
  }
}

/**
 * Bounds the bodies that are not there yet, before anybody is asked who sends them: how long each may take (408), and how many one address may have in flight
 * (`RateLimitedError`). What comes whole with its headers, as nearly all do, is not looked at. Errors go to the routes' own error handlers.
 */
export class ArrivingBodies {
  readonly #ofAddress = new Map<string, { requests: number; bytes: number }>();
  readonly #arriving = new Set<PassThrough>();
  #timeoutMs: number;

  constructor(timeoutMs: number = BODY_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** To be set up before any route. */
  bound(app: FastifyInstance): void {
    app.addHook('preParsing', (request, reply, payload, done) => {
      const { headers, routeOptions } = request;
      const announced = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : routeOptions.bodyLimit;
      if (announced === 0 || routeOptions.config.streamsBody === true) {
        done(null, payload);
        return;
      }
      // What came with the headers is parsed behind them; its end only after the next tick.
      process.nextTick(() => {
        if (request.raw.complete || request.raw.readableLength >= announced) done(null, payload);
        else
          this.#admit(
            request.raw,
            reply.raw,
            { address: addressKey(request.ip), bytes: Math.min(announced, routeOptions.bodyLimit) },
            done,
          );
      });
    });
    app.addHook('preClose', (done) => {
      this.#timeoutMs = Math.min(this.#timeoutMs, STOPPING_MS);
      for (const body of this.#arriving) timeLimit(body, this.#timeoutMs);
      done();
    });
  }

  #admit(
    request: IncomingMessage,
    response: ServerResponse,
    { address, bytes }: { readonly address: string; readonly bytes: number },
    done: (error: Error | null, payload?: PassThrough) => void,
  ): void {
    const held = this.#ofAddress.get(address) ?? { requests: 0, bytes: 0 };
    if (held.requests >= MAX_OF_ONE_ADDRESS.requests || held.bytes + bytes > MAX_OF_ONE_ADDRESS.bytes) {
      done(new RateLimitedError('Too many requests from your address are still arriving: retry later.', 1_000));
      return;
    }
    held.requests += 1;
    held.bytes += bytes;
    this.#ofAddress.set(address, held);
    const body = arriving(request, this.#timeoutMs);
    this.#arriving.add(body);
    // It may be refused unread.
    response.once('close', () => body.destroy());
    body.once('close', () => {
      this.#arriving.delete(body);
      held.requests -= 1;
      held.bytes -= bytes;
      if (held.requests === 0) this.#ofAddress.delete(address);
    });
    done(null, body);
  }
}

/** The body of a request, which fails if it does not end in time. The request is left open, so that it can still be answered. */
function arriving(request: IncomingMessage, timeoutMs: number): PassThrough {
  const body = new PassThrough();
  // Nobody else may be listening.
  body.on('error', () => undefined);
  timeLimit(body, timeoutMs);
  const brokenOff = () => {
    if (!request.complete) body.destroy(new HttpError(400, 'The body broke off.'));
  };
  request.once('error', brokenOff).once('close', brokenOff);
  return request.pipe(body);
}

function timeLimit(body: PassThrough, timeoutMs: number): void {
  const timer = setTimeout(() => body.destroy(new HttpError(408, `The body has not arrived within ${timeoutMs / 1_000} s.`)), timeoutMs);
  body.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
