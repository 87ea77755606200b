import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { RateLimitedError } from '../../domain/errors.js';
import { addressKey } from '../limits/address-key.js';
import { HttpError } from './http-error.js';

/** How long the body of a request may take to arrive: 10 s. */
const BODY_TIMEOUT_MS = 10_000;
/** At most how long once the gateway stops. */
const STOPPING_MS = 1_000;
/** How many bodies may be arriving from one address, and how many bytes they may announce: a quarter of what webhooks may have in flight. */
const MAX_OF_ONE_ADDRESS = { requests: 128, bytes: 16 * 1024 * 1024 };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its bodies may be of any length, and are handled chunk by chunk: they are not bounded here. */
    streamsBody?: boolean;
  }
}

/**
 * Bounds the bodies that have not arrived yet, before the caller is authenticated: how long each may take (408), and how many one address may have in flight
 * (`RateLimitedError`). A body that arrives together with its headers, as nearly all do, is not counted. Errors go to the routes' own error handlers.
 */
export class ArrivingBodies {
  readonly #ofAddress = new Map<string, { requests: number; bytes: number }>();
  readonly #arriving = new Set<PassThrough>();
  #timeoutMs: number;

  constructor(timeoutMs: number = BODY_TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** Must be called before any route is added. */
  attach(app: FastifyInstance): void {
    app.addHook('preParsing', (request, reply, payload, done) => {
      const { headers, routeOptions } = request;
      const announced = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : routeOptions.bodyLimit;
      if (announced === 0 || routeOptions.config.streamsBody === true) {
        done(null, payload);
        return;
      }
      // Node parses what arrived with the headers right after them, but notices the body's end only in the next tick.
      process.nextTick(() => {
        if (request.raw.complete || request.raw.readableLength >= announced) done(null, payload);
        // Also where the rest cannot be parsed: Node has closed the connection then, and no event will say so.
        else if (request.raw.destroyed) done(brokenOff());
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
      for (const body of this.#arriving) limitTime(body, this.#timeoutMs);
      done();
    });
  }

  #admit(
    request: IncomingMessage,
    response: ServerResponse,
    { address, bytes }: { readonly address: string; readonly bytes: number },
    done: (error: Error | null, payload?: PassThrough) => void,
  ): void {
    const inFlight = this.#ofAddress.get(address) ?? { requests: 0, bytes: 0 };
    if (inFlight.requests >= MAX_OF_ONE_ADDRESS.requests || inFlight.bytes + bytes > MAX_OF_ONE_ADDRESS.bytes) {
      done(new RateLimitedError('Too many requests from your address are still arriving: retry later.', 1_000));
      return;
    }
    inFlight.requests += 1;
    inFlight.bytes += bytes;
    this.#ofAddress.set(address, inFlight);
    const body = openBody(request, this.#timeoutMs);
    this.#arriving.add(body);
    // The request may be rejected without reading its body.
    response.once('close', () => body.destroy());
    body.once('close', () => {
      this.#arriving.delete(body);
      inFlight.requests -= 1;
      inFlight.bytes -= bytes;
      if (inFlight.requests === 0) this.#ofAddress.delete(address);
    });
    done(null, body);
  }
}

const brokenOff = () => new HttpError(400, 'The body broke off.');

/** The body of a request, which fails if it does not end in time. The request is left open, so that it can still be answered. */
function openBody(request: IncomingMessage, timeoutMs: number): PassThrough {
  const body = new PassThrough();
  // Without a listener an error would be uncaught.
  body.on('error', () => undefined);
  limitTime(body, timeoutMs);
  const onAbort = () => {
    if (!request.complete) body.destroy(brokenOff());
  };
  request.once('error', onAbort).once('close', onAbort);
  return request.pipe(body);
}

function limitTime(body: PassThrough, timeoutMs: number): void {
  const timer = setTimeout(() => body.destroy(new HttpError(408, `The body has not arrived within ${timeoutMs / 1_000} s.`)), timeoutMs);
  body.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
