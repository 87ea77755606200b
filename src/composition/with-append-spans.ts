import type { EventLog } from '../events/port/event-log.js';
import type { Span, Tracing } from '../observability/tracing.js';

type Append = Pick<EventLog, 'append'>;

/**
 * Appends with a span each. The span of the append that stored an event is the one that deliveries link to (`Tracing.startAppend`); which one that is shows only afterwards, so
 * spans are made when an append is done.
 */
export function withAppendSpans(log: Append, tracing: Tracing): Append {
  if (!tracing.enabled) return log;
  return {
    async append(event, ...matching) {
      const began = performance.now();
      const attributes = {
        'messaging.system': 'event_log',
        'messaging.operation.name': 'append',
        'messaging.operation.type': 'send',
        'messaging.destination.name': 'events',
        'messaging.message.id': event.id,
        'messaging.message.conversation_id': event.conversationId ?? undefined,
        'chat.event.type': event.type,
      };
      const another = (outcome: string): Span =>
        tracing.start('producer', 'append events', { ...attributes, 'chat.append.outcome': outcome }, began);
      try {
        const appended = await log.append(event, ...matching);
        const span = appended.duplicate
          ? another('duplicate')
          : tracing.startAppend('append events', event.id, { ...attributes, 'chat.append.outcome': 'stored' }, began);
        span.end(performance.now());
        return appended;
      } catch (error) {
        const span = another('failed');
        span.fail(error instanceof Error ? error.name : 'unknown');
        span.end(performance.now());
        throw error;
      }
    },
  };
}
