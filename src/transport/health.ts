import type { FastifyInstance } from 'fastify';
import type { LogHealth } from '../context.js';

/** How the calls to the upstream went lately; told, and never decisive. */
export interface UpstreamHealth {
  readonly lastSuccessAt: Date | null;
  readonly lastFaultAt: Date | null;
  /** It is taken to be down, and not called but now and then. */
  readonly circuitOpen: boolean;
}

export interface HealthOptions {
  readonly log: () => Promise<LogHealth>;
  readonly upstream: () => UpstreamHealth;
  readonly draining: () => boolean;
}

/** `/healthz`: the process answers. `/readyz`: the log takes writes and we are not draining. */
export function healthRoutes(app: FastifyInstance, { log, upstream, draining }: HealthOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const logHealth = await log();
    const ready = logHealth.ok && !draining();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready, draining: draining(), log: logHealth, upstream: upstream() });
  });
}
