import type { ConversationEvent, EventType } from '../../domain/event.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import type { IdempotencyStore } from './idempotency-store.js';

/** What a reader follows: one conversation, or all of them. */
export type Scope = { readonly conversationId: string } | 'all';

/** An event as the log holds it, or, for what is not stored (typing), as it passed by. */
export interface StoredEvent {
  readonly event: ConversationEvent;
  /** Position of the event in the scope that it was read from. Opaque. */
  readonly cursor: string;
  /** Only with `MESSAGE_ADDED`: how the message is called, in history and in events alike. */
  readonly identity: MessageIdentity | null;
}

/** What a subscription hands out. */
export interface Delivery extends StoredEvent {
  /** Stored before the subscription had caught up with the log. */
  readonly replayed: boolean;
}

export interface Appended extends StoredEvent {
  /** The log had an event of this id already; `event` and `cursor` are then that one's. */
  readonly duplicate: boolean;
}

/** How a page of stored events is asked for. */
export interface ReadRange {
  /** Only events after this cursor. A cursor of the wrong form or scope: `BadUserInputError`; one that cannot be followed any more: `CursorExpiredError`. */
  readonly after?: string;
  /** Only events before this cursor; never expired. */
  readonly before?: string;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Take the `limit` events nearest to the end instead of the start. The page is in log order all the same. */
  readonly fromEnd?: boolean;
  readonly types?: readonly EventType[];
}

export interface LogPage {
  /** In log order. */
  readonly events: readonly StoredEvent[];
  /** There are more in the direction that was read. */
  readonly hasMore: boolean;
}

/** A page that a subscription read. */
export interface SubscriptionPage extends LogPage {
  /** Everything of the scope up to this cursor was looked at; that of the page's last event, or one after it. */
  readonly upTo: string;
}

export interface SubscribeOptions {
  /** Stored events after this cursor first, then live ones, no gap, no repeat. Without: live only. */
  readonly after?: string;
  readonly types?: readonly EventType[];
  /** Called once when the queue overflows, also while nobody waits in `next()`: a stalled consumer does not ask any more. */
  readonly onOverflow?: () => void;
}

/** Takes deliveries as they come. */
export interface DeliverySink {
  /**
   * Takes the next one. Null: and is ready for another; a promise: is ready once that resolves. What it throws, or rejects with, ends the
   * subscription, and is what `end` is told.
   */
  write(delivery: Delivery): Promise<void> | null;
  /** No more will come; called once. The error is the one that `next()` would reject with; null where it would be done. */
  end(error: Error | null): void;
}

/** Deliveries one after the other, handed over. */
export interface Deliveries extends AsyncIterable<Delivery> {
  /** Hands over what comes from now on, each when the one before has been taken. Once only. */
  pipeTo(taker: DeliverySink): void;
  /** Ends them. What a taker has not been handed by then it is not handed any more. */
  return(): Promise<IteratorResult<Delivery>>;
  /**
   * A cursor after which a resume misses nothing of what the taker wants. It moves on with events that are filtered out, too. Null while a delivery is in the taker's
   * hands or on its way to it.
   */
  readonly bookmark: string | null;
}

/**
 * A running subscription. `next()` rejects with `SlowConsumerError` when its bounded queue overflows, with `CursorExpiredError` when events
 * it had still to read were removed; it is done after `return()`, after the log's `close()`, and after either rejection.
 */
export interface LogSubscription extends Deliveries, AsyncIterator<Delivery> {
  /** The next delivery, instead of `pipeTo`. */
  next(): Promise<IteratorResult<Delivery>>;
  return(): Promise<IteratorResult<Delivery>>;
  /** The cursor that a resume would start after: that of the last stored event handed out, else of the start. */
  readonly cursor: string;
}

/** The log's end at one moment. Later appends do not move it. */
export interface Head {
  /**
   * The cursor of `scope` at that moment: every event of the scope appended later lies after it. Two heads between which nothing was appended
   * to the scope give the same cursor.
   */
  cursor(scope: Scope): Promise<string>;
}

/** A message about to be sent, so that its echo can be told. */
export interface NewPendingSend {
  readonly conversationId: string;
  /** Digest of what is sent, as `messageDigest` makes it. */
  readonly digest: string;
  readonly clientMessageId: string | null;
  readonly sentAt: Date;
}

/** How much is being listened, right now. */
export interface LogStats {
  /** Running subscriptions. */
  readonly subscriptions: number;
  /** Events that wait for them. */
  readonly queued: number;
}

export interface LogHealth {
  readonly ok: boolean;
  /** What is wrong, or weak; one line each, for operators. */
  readonly warnings: readonly string[];
}

/**
 * The durable, ordered memory of what happened. Every engine passes `test/contract/event-log`.
 */
export interface EventLog {
  /** Requests that create, remembered beside the events. */
  readonly requests: IdempotencyStore;
  /**
   * Stores an event; resolves only when it is durable. An id that the log has (or had, for as long as it remembers ids) is not stored again, whatever
   * the conversation that it was for. Rejects with `EventIdReusedError` when the id stands with another conversation, and with
   * `LogUnavailableError` when it cannot be stored. `echoOf`: the handle of the message sent (`expectEcho`) whose echo the event is, for whoever knows; else it is
   * found by what the event says.
   */
  append(event: ConversationEvent, echoOf?: string): Promise<Appended>;
  /** Hands an event to those who listen right now and stores nothing. */
  publish(event: ConversationEvent): void;
  read(scope: Scope, range: ReadRange): Promise<LogPage>;
  /** Whether any event is stored of a conversation. */
  hasEvents(conversationId: string): Promise<boolean>;
  /** Rejects as `read` does for `after`. When it resolves, no later event is missed. */
  subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription>;
  /** By a memory look-up or one round trip; never an upstream call. */
  head(): Promise<Head>;
  /** The cursor before the first event of a scope. */
  origin(scope: Scope): string;
  /** Conversations with events received since then, for work that a stopped process left undone. */
  activeSince(received: Date): Promise<readonly string[]>;

  /** Notes that a message is about to be sent; durable when it resolves. Returns a handle for `append` and `echoRefused`. */
  registerPendingSend(expected: NewPendingSend): Promise<string>;
  /** The message was not sent after all. */
  cancelPendingSend(handle: string): Promise<void>;
  /**
   * Names messages that the upstream's history listed. Aligns them with events not yet met in history; each keeps the name that it got first, for
   * good. One name for each sighting, in their order.
   */
  identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]>;
  /** The name and, where the log holds one, the event that were given under a key; null for a key never given. */
  findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null>;
  /** `MESSAGE_ADDED` events received since then whose message no history has listed yet, in order of `occurredAt`. */
  eventsMissingFromHistory(conversationId: string, received: Date): Promise<readonly StoredEvent[]>;

  /**
   * How a conversation was handled, by all events ever stored of it: what expired ones came to is kept ten times as long as they were.
   */
  interactionMetrics(conversationId: string): Promise<Handling>;

  /** Removes events received before then; returns how many. */
  expire(olderThan: Date): Promise<number>;
  /** Removes what is stored of a conversation. Its event ids stay refused for as long as ids are remembered. Returns how many events were removed. */
  erase(conversationId: string): Promise<number>;
  health(): Promise<LogHealth>;
  stats(): LogStats;
  /** Finishes what was begun, ends all subscriptions, lets go of the store. */
  close(): Promise<void>;
}
