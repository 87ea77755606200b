import type { EventLog } from '../events/port/event-log.js';
import type { Appended } from '../events/port/stored-event.js';
import type { Span, Tracing } from '../observability/tracing.js';

type Append = Pick<EventLog, 'append'>;

/**
 * What appends as a step of a span, with a span for each append; without spans where nothing is traced. The span of the append that stored an event is the one that deliveries
 * link to (`Tracing.startAppend`); which one that is shows only afterwards, so spans are made when an append is done.
 */
export function appendsWithSpans(log: Append, tracing: Tracing): (parent: Span | null) => Append {
  return (parent) => (tracing.enabled ? { append: (...appended) => appendWithSpan(log, tracing, parent, appended) } : log);
}

async function appendWithSpan(
  log: Append,
  tracing: Tracing,
  parent: Span | null,
  [event, ...matching]: Parameters<Append['append']>,
): Promise<Appended> {
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
    tracing.start(parent, 'producer', 'append events', { ...attributes, 'chat.append.outcome': outcome }, began);
  try {
    const appended = await log.append(event, ...matching);
    const span = appended.duplicate
      ? another('duplicate')
      : tracing.startAppend(parent, 'append events', event.id, { ...attributes, 'chat.append.outcome': 'stored' }, began);
    span.end();
    return appended;
  } catch (error) {
    const span = another('failed');
    span.fail(error instanceof Error ? error.name : 'unknown');
    span.end();
    throw error;
  }
}
