import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../domain/clock.js';
import type { LogHealth } from '../../events/port/event-log.js';
import { withTimeout } from '../../domain/with-timeout.js';
import type { Logger } from '../../observability/logger.js';

/** How long the log is looked at, below the second after which load balancers and Kubernetes time out by default. */
const HEALTH_TIMEOUT_MS = 800;

/** How recent calls to the upstream went; reported, but never decisive. */
export interface UpstreamHealth {
  readonly lastSuccessAt: Date | null;
  readonly lastFaultAt: Date | null;
  /** Why, in one line: a status, a network error's code, what was missing in an answer. Never an address, a key or an answer's text. */
  readonly lastFaultReason: string | null;
  /** It is taken to be down, and not called but now and then. */
  readonly circuitOpen: boolean;
}

/** No webhook arrives although conversations are open; reported, but never decisive. */
export interface WebhookSilence {
  readonly since: Date;
  readonly openConversations: number;
}

export interface HealthOptions {
  readonly log: () => Promise<LogHealth>;
  readonly upstream: () => UpstreamHealth;
  /** Null while webhooks arrive, or none has to. */
  readonly webhookSilence: () => WebhookSilence | null;
  readonly draining: () => boolean;
  readonly clock: Clock;
  /** Warnings about sinks, which never decide; null where there are none. */
  readonly sinks: () => readonly string[] | null;
}

/** `/healthz`: the process answers. `/readyz`: the log accepts writes and we are not draining. `log` should answer in time: `coalescedHealthCheck`. */
export function healthRoutes(app: FastifyInstance, { log, upstream, webhookSilence, draining, sinks, clock }: HealthOptions): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { ok, warnings: notes } = await log();
    const ready = ok && !draining();
    const sinkNotes = sinks();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({
        ready,
        draining: draining(),
        log: { ok, notes },
        upstream: upstream(),
        webhooks: toWebhooks(webhookSilence(), clock),
        ...(sinkNotes === null ? {} : { sinks: { notes: sinkNotes } }),
      });
  });
}

function toWebhooks(silence: WebhookSilence | null, clock: Clock): object {
  return { silence, notes: silence === null ? [] : [silenceNote(silence, clock)] };
}

/** What operators read where webhooks have fallen silent. */
export function silenceNote({ since, openConversations }: WebhookSilence, clock: Clock): string {
  const minutes = Math.round((clock() - since.getTime()) / 60_000);
  return `no webhook for ${minutes} min, ${openConversations} conversations open: is the address registered?`;
}

/** Has a line logged when the log stops accepting writes, and another when it accepts them again. */
export function reportingHealth(look: () => Promise<LogHealth>, logger: Logger): () => Promise<LogHealth> {
  let wasOk = true;
  return async () => {
    const health = await look();
    if (health.ok !== wasOk) {
      if (health.ok) logger.info({}, 'event log ready again');
      else logger.error({ notes: health.warnings }, 'event log not ready');
    }
    wasOk = health.ok;
    return health;
  };
}

/** Looks at the log, once for all who ask meanwhile. A log that does not answer in time is not ready; the look goes on for those who ask later. */
export function coalescedHealthCheck(log: () => Promise<LogHealth>): () => Promise<LogHealth> {
  let looking: Promise<LogHealth> | null = null;
  return async () => {
    looking ??= log().finally(() => (looking = null));
    const silent = new Error(`The event log has not answered for ${HEALTH_TIMEOUT_MS} ms`);
    return withTimeout(HEALTH_TIMEOUT_MS, looking, () => silent).catch((error: unknown) => {
      if (error !== silent) throw error;
      return { ok: false, warnings: [silent.message] };
    });
  };
}
