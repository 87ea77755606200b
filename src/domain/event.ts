import type { EventData } from './events/event-table.js';

/**
 * Where an event is from. `WEBHOOK`: reported by the contact centre. `GATEWAY`: appended by a gateway about a call of its own, or settled
 * from other events. `HISTORY`: found in the contact centre's lists, since no webhook arrived.
 */
export type EventSource = 'WEBHOOK' | 'GATEWAY' | 'HISTORY';

/** What every event has. */
export interface EventBase {
  /** Unique over all conversations, and the same on each retry of its delivery. */
  readonly id: string;
  /** Null only on an unrecognized event that names no conversation. */
  readonly conversationId: string | null;
  /** When it happened, by the contact centre's clock. */
  readonly occurredAt: Date;
  /** When this gateway received it. */
  readonly receivedAt: Date;
  readonly source: EventSource;
}

export type EventType = keyof EventData;

/** One event, of type `T` or of any. */
export type ConversationEvent<T extends EventType = EventType> = {
  [K in T]: EventBase & { readonly type: K; readonly data: EventData[K] };
}[T];
