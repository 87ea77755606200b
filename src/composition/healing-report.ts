import type { HealingReport } from '../events/jobs/heal/healing.js';
import { silenceNote } from '../transport/http/health.js';
import type { GatewayRuntime } from './runtime.js';

/** Logs and counts what healing reports. */
export function healingReport({ logger, metrics, clock }: GatewayRuntime): HealingReport {
  return {
    looked: (reason, healed) => {
      metrics.healingLooks.inc({ reason });
      if (Object.keys(healed).length > 0) logger.info({ reason, healed }, 'healed events that no webhook reported');
    },
    gap: (gap, conversations) => logger.info({ ...gap, conversations }, 'nothing was received for a while: looking for missing events'),
    silence: (silence) => {
      if (silence === null) {
        logger.info({}, 'webhooks arrive again, or no conversation is open');
        return;
      }
      logger.warn({ ...silence }, silenceNote(silence, clock));
    },
    failed: (error, conversationId) => logger.warn({ error, conversationId }, 'healing failed, will retry'),
  };
}
