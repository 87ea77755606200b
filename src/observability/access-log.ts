import type { FastifyInstance } from 'fastify';
import type { Logger } from './logger.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether it needs no line: it was logged in one of its own already, with its id and duration, or a page polls it. */
    isLogged: boolean;
  }
}

/** Writes one line for each request when it has been answered, unless it was logged already. */
export function logRequests(app: FastifyInstance, logger: Logger): void {
  app.decorateRequest('isLogged', false);
  app.addHook('onResponse', (request, reply, done) => {
    if (!request.isLogged) {
      const { id: requestId, method, routeOptions } = request;
      const path = routeOptions.url ?? '(none)';
      const fields = {
        requestId,
        method,
        path,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        ...request.span?.logFields,
      };
      logger[reply.statusCode >= 500 ? 'warn' : 'info'](fields, 'request');
    }
    done();
  });
}
