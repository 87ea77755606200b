import type { ConversationEvent } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';

/** An event as stored, or, for transient events (typing), as published. */
export interface StoredEvent {
  readonly event: ConversationEvent;
  /** Position of the event in the scope it was read from. Opaque. */
  readonly cursor: string;
  /** The message's identity, the same in history and in events. Null unless the type is `MESSAGE_ADDED`. */
  readonly identity: MessageIdentity | null;
}

/** An event delivered by a subscription. */
export interface Delivery extends StoredEvent {
  /** True if it was stored before the subscription had caught up with the log. */
  readonly replayed: boolean;
}

/** The outcome of an append. */
export interface Appended extends StoredEvent {
  /** True if the log already had an event with this id; `event` and `cursor` are then the stored one's. */
  readonly duplicate: boolean;
}
