import type { EventLog } from '../events/port/event-log.js';
import { END_POLL_HORIZON_MS } from '../events/jobs/interaction-end-detector.js';
import type { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import { startRetentionJob } from '../events/jobs/retention-job.js';
import type { GatewayRuntime } from './runtime.js';

/** Starts what runs beside requests: retention, and the recovery of ends of interactions. Returns what stops both. */
export function startJobs({ config, clock, logger }: GatewayRuntime, log: EventLog, endDetector: InteractionEndDetector): () => void {
  const expiry = startRetentionJob(log, config.eventRetentionMs, clock, logger);
  endDetector
    .recover(new Date(clock() - END_POLL_HORIZON_MS))
    .catch((error: unknown) => logger.warn({ error }, 'interaction-end recovery failed'));
  return () => {
    clearInterval(expiry);
    endDetector.close();
  };
}
