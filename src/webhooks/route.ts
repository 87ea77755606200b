import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimitedError } from '../domain/errors.js';
import { answer } from './http-response.js';
import { logOutcome } from './log-outcome.js';
import type { RequestTrace } from './log-outcome.js';
import { receiveWebhook } from './receive-webhook.js';
import type { WebhookDeps } from './receive-webhook.js';
import { DEFAULT_WORK_LIMITS, InFlightLimiter } from './in-flight-limiter.js';
import type { Lease, WorkLimits } from './in-flight-limiter.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** As it counts among what is in hand; null elsewhere. */
    work: Lease | null;
  }
}

const MAX_BODY_BYTES = 1_048_576;
const JSON_MEDIA_TYPE = /^application\/json\s*(;|$)/i;

export interface WebhookRouteOptions extends WebhookDeps {
  /** Where the contact centre sends its events. */
  readonly path: string;
  /** Of what is in hand at once. */
  readonly limits?: WorkLimits;
}

const refuse = (reply: FastifyReply, status: number, error: string) => reply.code(status).send({ error });

/**
 * A plugin to `app.register` with one POST route; its parsers stay in its own scope. Closes `format` with the server. What is no POST (405), over 1 MiB (413) or not `application/json`
 * (415) is refused in that order, what does not arrive in time with 408; parameters of the type do not matter. What is more than `limits` at once is turned away (503). The rest is up to `receiveWebhook`.
 * Errors are `{"error": "…"}`.
 */
export const webhookRoute: FastifyPluginCallback<WebhookRouteOptions> = (scope, options, done) => {
  scope.addHook('onClose', () => options.format.close());
  refuseOtherMethods(scope, options.path);
  boundWork(scope, options);
  takeBodiesRaw(scope);
  answerErrorsAsJson(scope, options);
  scope.post(options.path, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    if (JSON_MEDIA_TYPE.test(request.headers['content-type'] ?? '')) receive(request, reply, options);
    else void refuse(reply, 415, 'the content type must be application/json');
  });
  done();
};

/** Answers when the outcome is there. Without a promise of the answer, which Fastify would have to wait for. */
function receive(request: FastifyRequest, reply: FastifyReply, deps: WebhookDeps): void {
  const { headers, body, work } = request;
  work?.retain();
  receiveWebhook({ headers, rawBody: Buffer.isBuffer(body) ? body : Buffer.alloc(0), trace: () => traceOf(request, reply) }, deps).then(
    (taken) => {
      if (taken.headers !== undefined) void reply.headers(taken.headers);
      void reply.code(taken.status).send(taken.body);
      work?.release();
    },
    (error: unknown) => {
      void reply.send(error);
      work?.release();
    },
  );
}

/** Before anything of the body is read. */
function refuseOtherMethods(scope: FastifyInstance, path: string): void {
  scope.route({
    method: scope.supportedMethods.filter((method) => method !== 'POST'),
    url: path,
    exposeHeadRoute: false,
    onRequest: (_request, reply) => {
      void refuse(reply.header('allow', 'POST'), 405, 'only POST is allowed');
    },
    handler: () => null,
  });
}

/** Turns away what is too much, before anything of its body is read. */
function boundWork(scope: FastifyInstance, deps: WebhookRouteOptions): void {
  const work = new InFlightLimiter(deps.limits ?? DEFAULT_WORK_LIMITS);
  scope.decorateRequest('work', null);
  scope.addHook('onRequest', (request, reply, done) => {
    const length = Number(request.headers['content-length']);
    // Where it is not told, and where it is too large to be read as a whole, it counts as the most that is read.
    const item = work.acquire(length <= MAX_BODY_BYTES ? length : MAX_BODY_BYTES);
    if (item === null) {
      turnAway(request, reply, deps);
      return;
    }
    request.work = item;
    reply.raw.once('close', () => {
      item.answered();
    });
    done();
  });
  // The connection may linger for what is still being sent.
  scope.addHook('onSend', (request, _reply, _payload, done) => {
    request.work?.answered();
    done();
  });
}

function turnAway(request: FastifyRequest, reply: FastifyReply, deps: WebhookRouteOptions): FastifyReply {
  const { status, headers = {}, body, outcome } = answer({ kind: 'overloaded' });
  if (deps.logger !== undefined) logOutcome(deps.logger, outcome, traceOf(request, reply));
  deps.onOutcome?.(outcome);
  return reply.code(status).headers(headers).send(body);
}

/** What the line about a webhook tells of its request: no other line has to. */
function traceOf(request: FastifyRequest, reply: FastifyReply): RequestTrace {
  request.isLogged = true;
  return { requestId: request.id, durationMs: Math.round(reply.elapsedTime) };
}

/** Bodies of every type, since their size is judged before their type. */
function takeBodiesRaw(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => {
    parsed(null, body);
  });
}

function answerErrorsAsJson(scope: FastifyInstance, deps: WebhookRouteOptions): void {
  scope.setErrorHandler((error: { statusCode?: number }, request, reply) => {
    // Too many from one address are still arriving.
    if (error instanceof RateLimitedError) return turnAway(request, reply, deps);
    const status = error.statusCode ?? 500;
    if (status === 413) return refuse(reply, 413, 'the body is larger than 1 MiB');
    if (status === 415) return refuse(reply, 415, 'the content type must be application/json');
    if (status === 408) return refuse(reply, 408, 'the body has not arrived in time');
    if (status < 500) return refuse(reply, status, 'bad request');
    deps.logger?.warn({ requestId: request.id, error }, 'webhook failed');
    return refuse(reply, 500, 'internal error');
  });
}
