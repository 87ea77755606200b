import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Authenticator } from '../../auth/authenticator.js';
import { ANONYMOUS } from '../../auth/viewer.js';
import type { Viewer } from '../../auth/viewer.js';
import { toErrorResponse } from './error-response.js';
import type { ErrorContext } from '../execution/mask-errors.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sends a request that went through `authenticated`; null where it did not. */
    viewer: Viewer | null;
  }
}

/** Adds the viewer to requests. Must be set up before any route. */
export const decorateViewer = (app: FastifyInstance): FastifyInstance => app.decorateRequest('viewer', null);

/** Who sends a request that went through `authenticated`; nobody we know, where it did not. */
export const readViewer = ({ viewer }: FastifyRequest): Viewer => viewer ?? ANONYMOUS;

/** A hook that finds out who asks, before anything of the body is read, and answers an invalid token with 401, in GraphQL's format. Synchronously for a token seen before. */
export function authenticateHook(authenticator: Authenticator, reporting: Omit<ErrorContext, 'requestId'>): onRequestHookHandler {
  return (request, reply, done) => {
    const accept = (viewer: Viewer) => {
      request.viewer = viewer;
      done();
    };
    const reject = (error: unknown) => sendRejection(error, request, reply, reporting);
    const viewer = attempt(() => authenticator.authenticate(request.headers.authorization), reject);
    if (viewer instanceof Promise) viewer.then(accept, reject);
    else if (viewer !== null) accept(viewer);
  };
}

/** What `work` returns; null if it throws, in which case `failed` is called with the error. */
function attempt<T>(work: () => T, failed: (error: unknown) => void): T | null {
  try {
    return work();
  } catch (error) {
    failed(error);
    return null;
  }
}

function sendRejection(error: unknown, request: FastifyRequest, reply: FastifyReply, reporting: Omit<ErrorContext, 'requestId'>): void {
  const { status, headers, body } = toErrorResponse(error, { requestId: request.id, ...reporting, span: request.span });
  const { error: message, code, ...details } = body;
  reporting.metrics.graphqlErrors.inc({ code: String(code) });
  if (status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
  void reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .send({ errors: [{ message, extensions: { code, ...details } }] });
}
