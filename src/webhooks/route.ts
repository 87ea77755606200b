import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitedError } from '../domain/errors.js';
import { toHttpResponse } from './http-response.js';
import { logOutcome } from './log-outcome.js';
import type { RequestTrace } from './log-outcome.js';
import { receiveWebhook } from './receive-webhook.js';
import type { WebhookOptions } from './receive-webhook.js';
import { DEFAULT_IN_FLIGHT_LIMITS, InFlightLimiter } from './in-flight-limiter.js';
import type { Lease, InFlightLimits } from './in-flight-limiter.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Its lease of the in-flight limiter; null on other routes. */
    webhookLease: Lease | null;
  }
}

const MAX_BODY_BYTES = 1_048_576;
const JSON_MEDIA_TYPE = /^application\/json\s*(;|$)/i;

export interface WebhookRouteOptions extends WebhookOptions {
  /** Where the contact centre sends its events. */
  readonly path: string;
  /** How many requests may be in flight. */
  readonly limits?: InFlightLimits;
}

const sendError = (reply: FastifyReply, status: number, error: string) => reply.code(status).send({ error });

/**
 * A plugin to `app.register` with one POST route; its parsers stay in its own scope. Closes `format` with the server. Rejects, in this order, other methods (405), what exceeds
 * `limits` (503), bodies over 1 MiB (413) or too slow (408), and types other than `application/json`, whose parameters are ignored (415). `receiveWebhook` does the rest.
 * Errors are `{"error": "…"}`.
 */
export const webhookRoute: FastifyPluginCallback<WebhookRouteOptions> = (scope, options, done) => {
  scope.addHook('onClose', () => options.format.close());
  rejectOtherMethods(scope, options.path);
  limitInFlight(scope, options);
  readBodiesRaw(scope);
  answerErrorsAsJson(scope, options);
  scope.post(options.path, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    if (JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '')) receive(request, reply, options);
    else void sendError(reply, 415, 'the content type must be application/json');
  });
  done();
};

/** Replies once the outcome is known. Returns no promise, which Fastify would have to await. */
function receive(request: FastifyRequest, reply: FastifyReply, options: WebhookOptions): void {
  const { headers, body, webhookLease, span } = request;
  webhookLease?.retain();
  const rawBody = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  receiveWebhook({ headers, rawBody, trace: () => toTrace(request, reply), span }, options).then(
    (response) => {
      if (response.headers !== undefined) void reply.headers(response.headers);
      void reply.code(response.status).send(response.body);
      webhookLease?.release();
    },
    (error: unknown) => {
      void reply.send(error);
      webhookLease?.release();
    },
  );
}

/** Before the body is read. */
function rejectOtherMethods(scope: FastifyInstance, path: string): void {
  scope.route({
    method: scope.supportedMethods.filter((method) => method !== 'POST'),
    url: path,
    exposeHeadRoute: false,
    onRequest: (_request, reply) => {
      void sendError(reply.header('allow', 'POST'), 405, 'only POST is allowed');
    },
    handler: () => null,
  });
}

/** Applies the in-flight limit before the body is read. */
function limitInFlight(scope: FastifyInstance, options: WebhookRouteOptions): void {
  const limiter = new InFlightLimiter(options.limits ?? DEFAULT_IN_FLIGHT_LIMITS);
  scope.decorateRequest('webhookLease', null);
  scope.addHook('onRequest', (request, reply, done) => {
    const length = Number(request.headers['content-length']);
    // If unknown, or too large to be read, it counts as the maximum.
    const lease = limiter.acquire(length <= MAX_BODY_BYTES ? length : MAX_BODY_BYTES);
    if (lease === null) {
      rejectOverloaded(request, reply, options);
      return;
    }
    request.webhookLease = lease;
    reply.raw.once('close', () => {
      lease.settle();
    });
    done();
  });
  // Not only on close: the connection may linger until the rest of a body has arrived.
  scope.addHook('onSend', (request, _reply, _payload, done) => {
    request.webhookLease?.settle();
    done();
  });
}

function rejectOverloaded(request: FastifyRequest, reply: FastifyReply, options: WebhookRouteOptions): FastifyReply {
  const { status, headers = {}, body, outcome } = toHttpResponse({ kind: 'overloaded' });
  if (options.logger !== undefined) logOutcome(options.logger, outcome, toTrace(request, reply));
  options.onOutcome?.(outcome);
  return reply.code(status).headers(headers).send(body);
}

/** What the log line of a webhook says of its request; replaces the access log line. */
function toTrace(request: FastifyRequest, reply: FastifyReply): RequestTrace {
  request.isLogged = true;
  return { requestId: request.id, durationMs: Math.round(reply.elapsedTime), ...request.span?.logFields };
}

/** Bodies of every type, since their size is checked before their type. */
function readBodiesRaw(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => {
    parsed(null, body);
  });
}

function answerErrorsAsJson(scope: FastifyInstance, options: WebhookRouteOptions): void {
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    // Too many bodies from one address are still arriving.
    if (error instanceof RateLimitedError) return rejectOverloaded(request, reply, options);
    const status = error.statusCode ?? 500;
    if (status === 413) return sendError(reply, 413, 'the body is larger than 1 MiB');
    if (status === 415) return sendError(reply, 415, 'the content type must be application/json');
    if (status === 408) return sendError(reply, 408, 'the body has not arrived in time');
    if (status < 500) return sendError(reply, status, 'bad request');
    options.logger?.warn({ requestId: request.id, error }, 'webhook failed');
    return sendError(reply, 500, 'internal error');
  });
}
