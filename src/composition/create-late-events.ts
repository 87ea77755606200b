import type { ChatApi } from '../datasources/chat-api.js';
import { LateEvents } from '../events/jobs/late-events.js';
import { withAppendMetrics } from '../events/jobs/with-append-metrics.js';
import type { EventLog } from '../events/port/event-log.js';
import type { GatewayRuntime } from './runtime.js';
import { appendsWithSpans } from './appends-with-spans.js';

/** What appends the events of webhooks; late ones are looked up in the upstream's list. */
export function createLateEvents({ config, clock, metrics, telemetry }: GatewayRuntime, api: ChatApi, log: EventLog): LateEvents {
  return new LateEvents({
    logFor: appendsWithSpans(withAppendMetrics(log, metrics), telemetry.tracing),
    clock,
    // Without times no listed message is ever forgotten.
    retryHorizonMs: api.capabilities.has('MESSAGE_LOOKUP') ? config.retryHorizonMs : Infinity,
    fetch: async (conversationId, window, span) => {
      const asOf = await (await log.head()).cursor({ conversationId });
      return (span === null ? api : api.tracedBy(span)).messages(conversationId, window, { asOf });
    },
    onLateEvent: (outcome) => metrics.lateEvents.inc({ outcome }),
  });
}
