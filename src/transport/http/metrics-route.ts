import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../observability/metrics.js';

/** `GET /metrics`, and the time of every request by route and status. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', (request, reply, done) => {
    // How long a subscription was open says nothing of how fast we are.
    if (/^(multipart\/|text\/event-stream)/.test(String(reply.getHeader('content-type')))) {
      done();
      return;
    }
    metrics.httpRequests.observe(
      { route: request.routeOptions.url ?? '(none)', status: String(reply.statusCode) },
      reply.elapsedTime / 1_000,
    );
    done();
  });
  app.get('/metrics', async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()));
}
