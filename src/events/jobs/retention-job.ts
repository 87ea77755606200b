import type { Clock } from '../../domain/clock.js';
import type { Logger } from '../../observability/logger.js';
import type { EventLog } from '../port/event-log.js';

const INTERVAL_MS = 3_600_000;

/** Removes events older than `retentionMs`: immediately, and every hour until the timer is cleared. */
export function startRetentionJob(log: EventLog, retentionMs: number, clock: Clock, logger: Logger): NodeJS.Timeout {
  const removeExpired = () => {
    log.expire(new Date(clock() - retentionMs)).then(
      (removed) => logger.info({ removed }, 'events expired'),
      (error: unknown) => logger.error({ error }, 'retention job failed'),
    );
  };
  removeExpired();
  return setInterval(removeExpired, INTERVAL_MS).unref();
}
