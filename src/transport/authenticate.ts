import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { Authenticator } from '../auth/authenticator.js';
import { ANONYMOUS } from '../auth/viewer.js';
import type { Viewer } from '../auth/viewer.js';
import { faultAnswer } from './fault-answer.js';
import type { Asker } from './mask-errors.js';

const viewers = new WeakMap<FastifyRequest, Viewer>();

/** Who sends a request that went through `authenticated`; nobody we know, where it did not. */
export const viewerOf = (request: FastifyRequest): Viewer => viewers.get(request) ?? ANONYMOUS;

/** A hook that finds out who asks, before anything of the body is read, and answers a token that is no good: 401, in GraphQL's shape. */
export function authenticated(authenticator: Authenticator, reporting: Omit<Asker, 'requestId'>): onRequestAsyncHookHandler {
  return async (request, reply) => {
    try {
      viewers.set(request, await authenticator.viewerOf(request.headers.authorization));
      return;
    } catch (error) {
      const { status, headers, body } = faultAnswer(error, { requestId: request.id, ...reporting });
      const { error: message, code, ...details } = body;
      reporting.metrics.graphqlErrors.inc({ code: String(code) });
      if (status === 401) void reply.header('www-authenticate', 'Bearer error="invalid_token"');
      return reply
        .code(status)
        .headers({ ...headers, 'cache-control': 'no-store' })
        .send({ errors: [{ message, extensions: { code, ...details } }] });
    }
  };
}
