import type { HealingReport } from '../events/jobs/heal/healing.js';
import { silenceNote } from '../transport/http/health.js';
import type { GatewayRuntime } from './runtime.js';

/** Reasons for looks that no gap gave. */
const BESIDE_GAPS: Readonly<Record<string, boolean>> = { quiet: true, silence: true };

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Logs and counts what healing reports. */
export function healingReport({ logger, metrics, clock }: GatewayRuntime): HealingReport {
  // Of the gap that is being looked into: there is one at a time.
  let sinceGap = { looks: 0, appended: 0 };
  return {
    looked: (reason, healed) => {
      metrics.healingLooks.inc({ reason });
      if (BESIDE_GAPS[reason] !== true) sinceGap = { looks: sinceGap.looks + 1, appended: sinceGap.appended + sum(Object.values(healed)) };
      if (Object.keys(healed).length > 0) logger.info({ reason, healed }, 'healed events that no webhook reported');
    },
    gap: (gap, conversations) => {
      sinceGap = { looks: 0, appended: 0 };
      logger.info({ ...gap, conversations }, 'nothing was received for a while: looking for missing events');
    },
    gapSettled: (gap) => logger.info({ ...gap, ...sinceGap }, 'looked for missing events'),
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
