import type { Metrics } from '../observability/metrics.js';
import type { EventLog } from './event-log.js';

/** The log's writing half, with the time that it takes. */
export function timedAppends(log: EventLog, metrics: Metrics): Pick<EventLog, 'append' | 'publish'> {
  return {
    publish: (event) => log.publish(event),
    append: async (event) => {
      const stop = metrics.logAppends.startTimer();
      try {
        const appended = await log.append(event);
        stop({ outcome: appended.duplicate ? 'duplicate' : 'stored' });
        metrics.eventLag.observe(Math.max(0, event.receivedAt.getTime() - event.occurredAt.getTime()) / 1_000);
        return appended;
      } catch (error) {
        stop({ outcome: 'failed' });
        throw error;
      }
    },
  };
}
