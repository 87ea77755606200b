import type { ChatApi } from '../datasources/chat-api.js';
import { LateEvents } from '../events/jobs/late-events.js';
import { withAppendMetrics } from '../events/jobs/with-append-metrics.js';
import type { EventLog } from '../events/port/event-log.js';
import type { GatewayRuntime } from './runtime.js';
import { withAppendSpans } from './with-append-spans.js';

/** What appends the events of webhooks; late ones are looked up in the upstream's list. */
export function createLateEvents({ config, clock, metrics, telemetry }: GatewayRuntime, api: ChatApi, log: EventLog): LateEvents {
  return new LateEvents({
    log: withAppendSpans(withAppendMetrics(log, metrics), telemetry.tracing),
    clock,
    // Without times no listed message is ever forgotten.
    retryHorizonMs: api.capabilities.has('MESSAGE_LOOKUP') ? config.retryHorizonMs : Infinity,
    fetch: async (conversationId, window) => {
      const asOf = await (await log.head()).cursor({ conversationId });
      return api.messages(conversationId, window, { asOf });
    },
    onLateEvent: (outcome) => metrics.lateEvents.inc({ outcome }),
  });
}
