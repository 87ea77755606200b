import type { ChatApi } from '../datasources/chat-api.js';
import { healingReachMs } from '../domain/healing.js';
import { MessageHealer } from '../events/history/heal-messages.js';
import type { MessageHistory } from '../events/history/message-history.js';
import type { EventLog } from '../events/port/event-log.js';
import type { Appended } from '../events/port/stored-event.js';
import type { GatewayRuntime } from './runtime.js';

interface HealerParts {
  readonly api: Pick<ChatApi, 'capabilities'>;
  readonly log: EventLog;
  readonly history: () => Pick<MessageHistory, 'identify'>;
  readonly onAppended: (appended: Appended) => void;
}

/** What appends the events of messages that no webhook reported; null if that is switched off, or not supported by the upstream. */
export function createHealer(runtime: GatewayRuntime, { api, log, history, onAppended }: HealerParts): MessageHealer | null {
  const { config, clock, logger } = runtime;
  const { afterMs } = config.healing;
  if (afterMs === null || !api.capabilities.has('HEALING')) return null;
  return new MessageHealer({
    log,
    clock,
    afterMs,
    reachMs: healingReachMs(config.retryHorizonMs, config.eventRetentionMs),
    identify: (conversationId, records) => history().identify(conversationId, records),
    onHealed: (appended) => {
      reportHealed(runtime, appended);
      onAppended(appended);
    },
    onError: (error, conversationId) => logger.warn({ conversationId, error }, 'message could not be healed, will be tried again'),
  });
}

/** Counts and logs an event that was appended since no webhook reported it. */
export function reportHealed({ metrics, logger }: GatewayRuntime, { event }: Appended): void {
  const { id, type, conversationId, occurredAt, receivedAt } = event;
  metrics.healedEvents.inc({ type });
  metrics.healedAfter.observe({}, Math.max(0, receivedAt.getTime() - occurredAt.getTime()) / 1_000);
  logger.info({ conversationId, eventId: id, type, occurredAt: occurredAt.toISOString() }, 'event healed: no webhook had reported it');
}
