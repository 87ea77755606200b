import type { EventLog } from '../events/port/event-log.js';
import { END_POLL_HORIZON_MS } from '../events/jobs/interaction-end-detector.js';
import type { InteractionEndDetector } from '../events/jobs/interaction-end-detector.js';
import { startRetentionJob } from '../events/jobs/retention-job.js';
import type { RunningHealing } from './create-healing.js';
import type { GatewayRuntime } from './runtime.js';

export interface Jobs {
  readonly log: EventLog;
  readonly endDetector: InteractionEndDetector;
  readonly healing: RunningHealing | null;
}

/** Starts what runs beside requests: retention, the recovery of ends of interactions, and healing. Returns what stops the first two. */
export function startJobs({ config, clock, logger }: GatewayRuntime, { log, endDetector, healing }: Jobs): () => void {
  const expiry = startRetentionJob(log, config.eventRetentionMs, clock, logger);
  endDetector
    .recover(new Date(clock() - END_POLL_HORIZON_MS))
    .catch((error: unknown) => logger.warn({ error }, 'interaction-end recovery failed'));
  healing?.healing.start();
  return () => {
    clearInterval(expiry);
    endDetector.close();
  };
}
