import type { FastifyInstance } from 'fastify';
import type { Logger } from './logger.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** A line of its own has told of it, its id and its duration included. */
    isLogged: boolean;
  }
}

/** Writes one line for each request when it is answered; none for those that are told already. */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.decorateRequest('isTold', false);
  app.addHook('onResponse', (request, reply, done) => {
    if (!request.isLogged) {
      const { id: requestId, method, routeOptions } = request;
      const path = routeOptions.url ?? '(none)';
      const fields = { requestId, method, path, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) };
      logger[reply.statusCode >= 500 ? 'warn' : 'info'](fields, 'request');
    }
    done();
  });
}
