import { randomUUID } from 'node:crypto';
import cors from '@fastify/cors';
import type { FastifyCorsOptions } from '@fastify/cors';
import fastify from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import type { Authenticator } from '../../auth/authenticator.js';
import type { Caller } from '../../context/caller.js';
import type { RequestContext } from '../../context/request-context.js';
import { RateLimitedError } from '../../domain/errors.js';
import { logRequests } from '../../observability/access-log.js';
import { batchResponseWrites } from '../scheduling/batch-response-writes.js';
import { createApolloServer } from './apollo.js';
import type { ApolloOptions } from './apollo.js';
import { ArrivingBodies } from './arriving-bodies.js';
import { authenticateHook, decorateViewer, readViewer } from './auth-hook.js';
import { closeKeepAliveOnDrain } from './drain.js';
import { graphqlRoute } from './graphql-route.js';
import { graphqlErrorFormat, plainErrorFormat, limitByAddress, limitByViewer } from '../limits/rate-limit-hooks.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { lingerOnUnreadBodies } from './linger.js';
import { lostUpgrade } from './lost-upgrade.js';
import { namedPlugin } from './named-plugin.js';
import { isOriginAmong } from './origin-pattern.js';
import { plainPath } from './plain-path.js';
import { securityHeaders } from './security-headers.js';
import { traceRequests } from './trace-requests.js';
import type { RequestTracingOptions } from './trace-requests.js';
import { HttpError } from './http-error.js';

/** The largest body of a GraphQL request: 256 KiB. */
const MAX_BODY_BYTES = 262_144;
/** How long a browser may remember what a preflight said: 10 min. */
const PREFLIGHT_SECONDS = 600;
const REQUEST_ID = /^[\w.:-]{1,100}$/;

export interface HttpOptions extends ApolloOptions, RequestTracingOptions {
  readonly path: string;
  readonly authenticator: Authenticator;
  readonly context: (caller: Caller) => RequestContext;
  readonly rateLimits: RateLimits;
  /** Origins of pages elsewhere that may read answers, and patterns of them; `*`: any. */
  readonly corsOrigins: readonly string[];
  /** Whether an address, so many hops away, is of a proxy that is believed when it says for whom it asks. */
  readonly isTrustedProxy: (address: string, hop: number) => boolean;
  /** Paths that may have a slash at their end. */
  readonly plainPaths: ReadonlySet<string>;
  /** Whether clients come by TLS. */
  readonly https: boolean;
  readonly draining: () => boolean;
  /** How long the body of a request may take to arrive. */
  readonly bodyTimeoutMs?: number | undefined;
  /** Answers what Apollo cannot, before it: subscriptions. */
  readonly beforeApollo: preHandlerHookHandler;
}

/** No route has a schema: without this the libraries that compile them would be loaded, which takes 70 ms of the start. */
const noSchemas = (): never => {
  throw new Error('no route has a schema');
};

/** The HTTP application with GraphQL on it; not listening yet. Closing it lets requests in flight finish. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { logger } = options;
  const app = fastify({
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    bodyLimit: MAX_BODY_BYTES,
    // What is on its way over an open connection is answered as ever.
    return503OnClosing: false,
    trustProxy: options.isTrustedProxy,
    rewriteUrl: ({ url = '/' }) => plainPath(url, options.plainPaths),
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
  });
  traceRequests(app, options);
  batchResponseWrites(app);
  lingerOnUnreadBodies(app, options.draining);
  closeKeepAliveOnDrain(app, options.draining);
  new ArrivingBodies(options.bodyTimeoutMs).attach(app);
  app.addHook('onRequest', securityHeaders(options.https));
  app.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    done();
  });
  logRequests(app, logger);
  decorateViewer(app);
  if (options.corsOrigins.length > 0) await app.register(cors, corsOptions(options.corsOrigins));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'There is nothing here.' }));
  app.setErrorHandler((error: FastifyError | RateLimitedError, request, reply) => requestError(error, request, reply, options));
  const apollo = await createApolloServer(options);
  const graphql = (scope: FastifyInstance, _options: object, done: () => void) => {
    scope.addHook('onRequest', limitByAddress(options.rateLimits, graphqlErrorFormat));
    scope.addHook('onRequest', lostUpgrade);
    scope.addHook('onRequest', authenticateHook(options.authenticator, options));
    scope.addHook('onRequest', limitByViewer(options.rateLimits, graphqlErrorFormat));
    scope.addHook('preHandler', options.beforeApollo);
    graphqlRoute(scope, apollo, {
      path: options.path,
      tracing: options.tracing,
      context: (request, span) => options.context({ viewer: readViewer(request), requestId: request.id, span }),
    });
    done();
  };
  await app.register(namedPlugin('graphql', graphql));
  return app;
}

/** No cookies: callers are identified by a token, which no browser sends by itself. */
const corsOptions = (origins: readonly string[]): FastifyCorsOptions => ({
  origin: origins.includes('*') ? '*' : (origin, decide) => decide(null, origin !== undefined && isOriginAmong(origin, origins)),
  methods: ['GET', 'POST', 'PUT'],
  exposedHeaders: ['x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy'],
  maxAge: PREFLIGHT_SECONDS,
});

/** What went wrong before a request reached its handler, or a handler that broke: in GraphQL's shape where GraphQL was asked. */
function requestError(
  error: FastifyError | RateLimitedError,
  request: FastifyRequest,
  reply: FastifyReply,
  { path, logger }: HttpOptions,
): FastifyReply {
  if (error instanceof RateLimitedError) return tooManyArriving(error, reply, request.routeOptions.url === path);
  const status = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : 500;
  if (status === 500) logger.error({ requestId: request.id, error, ...request.span?.logFields }, 'internal error');
  const reason = error instanceof HttpError ? error.message : (REASONS[error.code] ?? 'Bad request');
  const message = status === 500 ? 'Internal server error' : reason;
  if (request.routeOptions.url !== path) return reply.code(status).send({ error: message });
  const extensions = status === 500 ? { code: 'INTERNAL_SERVER_ERROR', requestId: request.id } : { code: 'BAD_REQUEST' };
  return reply.code(status).send({ errors: [{ message, extensions }] });
}

function tooManyArriving(error: RateLimitedError, reply: FastifyReply, isGraphQL: boolean): FastifyReply {
  const headers = { 'retry-after': String(Math.ceil((error.retryAfterMs ?? 0) / 1_000)), 'cache-control': 'no-store' };
  return reply
    .code(429)
    .headers(headers)
    .send(isGraphQL ? graphqlErrorFormat(error) : plainErrorFormat(error));
}

const REASONS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'The body is not valid JSON.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'The body is empty.',
  FST_ERR_CTP_BODY_TOO_LARGE: `The body is larger than ${MAX_BODY_BYTES} bytes.`,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'The content type must be application/json.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as content-length says.',
};
