import type { Metrics } from '../../observability/metrics.js';
import type { EventLog } from '../port/event-log.js';

/** The log's write methods, with append durations recorded in metrics. */
export function withAppendMetrics(log: EventLog, metrics: Metrics): Pick<EventLog, 'append' | 'publish'> {
  const observe = (outcome: string, started: number) => metrics.logAppends.observe({ outcome }, (performance.now() - started) / 1_000);
  return {
    publish: (event) => log.publish(event),
    append: async (event, echoOf, listed) => {
      const started = performance.now();
      try {
        const appended = await log.append(event, echoOf, listed);
        observe(appended.duplicate ? 'duplicate' : 'stored', started);
        metrics.eventLag.observe({}, Math.max(0, event.receivedAt.getTime() - event.occurredAt.getTime()) / 1_000);
        return appended;
      } catch (error) {
        observe('failed', started);
        throw error;
      }
    },
  };
}
