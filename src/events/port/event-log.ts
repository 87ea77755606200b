import type { ConversationEvent, EventType } from '../../domain/event.js';
import type { HealingDecision, HealingRejection } from '../../domain/healing.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { Digestible } from '../../domain/message-digest.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import type { Shard } from '../../domain/shard.js';
import type { HealingMarks } from './healing-marks.js';
import type { Inbox } from './inbox.js';
import type { IdempotencyStore } from './idempotency-store.js';
import type { SinkStore } from './sink-store.js';

/** The range of a read or subscription: one conversation, or all of them. */
export type Scope = { readonly conversationId: string } | 'all';

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

export interface Appended extends StoredEvent {
  /** True if the log already had an event with this id; `event` and `cursor` are then the stored one's. */
  readonly duplicate: boolean;
}

/** Messages of one conversation that history lists, and for which no event has arrived in time; in the list's order. */
export interface OverdueMessages<M> {
  readonly conversationId: string;
  /** Messages from then on are expected to have events, though no event of the conversation is stored that is older; null if nothing is known. */
  readonly since: Date | null;
  readonly messages: readonly M[];
}

/** A listed message, as identified before by `identifyListedMessages`. */
export interface OverdueMessage {
  readonly listedId: string;
  readonly createdAt: Date;
  readonly content: Digestible;
}

/** The event of a listed message that is overdue. */
export interface HealingEvent {
  readonly listedId: string;
  readonly event: ConversationEvent<'MESSAGE_ADDED'> & { readonly conversationId: string };
}

/** The append of an overdue message's event; or why nothing was appended. */
export type HealingOutcome = Appended | HealingRejection;

/** Selects a page of stored events. */
export interface ReadRange {
  /**
   * Only events after this cursor. Throws `BadUserInputError` if it is malformed or of another scope, `CursorExpiredError` if it can no
   * longer be resumed from.
   */
  readonly after?: string;
  /** Only events before this cursor. Never expires. */
  readonly before?: string;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Reads the last `limit` events of the range instead of the first. The page is in log order either way. */
  readonly fromEnd?: boolean;
  readonly types?: readonly EventType[];
  /** Skips events after `after` that were removed, instead of rejecting the cursor. One of another epoch is rejected all the same. */
  readonly skipRemoved?: boolean;
}

export interface LogPage {
  /** In log order. */
  readonly events: readonly StoredEvent[];
  /** True if there are more events in the direction of the read. */
  readonly hasMore: boolean;
}

/** A page read by a subscription. */
export interface SubscriptionPage extends LogPage {
  /** Every event of the scope up to this cursor was examined. At or after the cursor of the page's last event. */
  readonly upTo: string;
}

export interface SubscribeOptions {
  /** Delivers stored events after this cursor first, then live ones, without gap or repeat. If omitted, live events only. */
  readonly after?: string;
  readonly types?: readonly EventType[];
  /** Only events of conversations in this shard, for scope `all`. Cursors do not depend on it: they are valid for every shard within it. */
  readonly shard?: Shard | null;
  /** Called once when the queue overflows, even while nobody waits in `next()`: a stalled consumer no longer asks. */
  readonly onOverflow?: () => void;
  /** Called when a conversation has been erased, through whatever gateway, for scope `all`. Not stored: what happens while this gateway is not connected to the log is missed. */
  readonly onErased?: ((conversationId: string) => void) | undefined;
}

/** Receives deliveries as they arrive. */
export interface DeliverySink {
  /**
   * Accepts the next delivery. Returns null if ready for another one immediately, or a promise that resolves once it is. An error thrown
   * or rejected with ends the subscription, and is passed to `end`.
   */
  write(delivery: Delivery): Promise<void> | null;
  /** No more deliveries follow; called once. The error is the one that `next()` would reject with; null on a regular end. */
  end(error: Error | null): void;
}

/** Sequential deliveries with backpressure. */
export interface Deliveries extends AsyncIterable<Delivery> {
  /** Pushes deliveries to a sink, each after the previous one was accepted. May be called once. */
  pipeTo(taker: DeliverySink): void;
  /** Ends them. The sink receives nothing after this. */
  return(): Promise<IteratorResult<Delivery>>;
  /**
   * A cursor from which a resume misses nothing the consumer wants. It advances with filtered-out events too. Null while a delivery is in
   * flight to the sink.
   */
  readonly bookmark: string | null;
}

/**
 * A running subscription. `next()` rejects with `SlowConsumerError` when its bounded queue overflows, and with `CursorExpiredError` when
 * events it had not read yet were removed. It is done after `return()`, after the log's `close()`, and after either rejection.
 */
export interface LogSubscription extends Deliveries, AsyncIterator<Delivery> {
  /** The next delivery, for consumers that pull; use either this or `pipeTo`. */
  next(): Promise<IteratorResult<Delivery>>;
  return(): Promise<IteratorResult<Delivery>>;
  /** The cursor to resume from: that of the last stored event delivered, or the start cursor if there was none. */
  readonly cursor: string;
}

/** The head of the log at one moment. Later appends do not move it. */
export interface Head {
  /**
   * The cursor of `scope` at that moment: every event appended to the scope later lies after it. Two heads with no append to the scope in
   * between give equal cursors.
   */
  cursor(scope: Scope): Promise<string>;
}

/** A message about to be sent, registered so that its echo can be recognised. */
export interface NewPendingSend {
  readonly conversationId: string;
  /** Digest of the content, by `messageDigest`. */
  readonly digest: string;
  readonly clientMessageId: string | null;
  readonly sentAt: Date;
}

/** A message that no history read has listed yet, by its `MESSAGE_ADDED` event. Without the event itself, which is rarely wanted: `findByIdentity` reads it. */
export interface UnlistedMessage {
  readonly identity: MessageIdentity;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}

/** What the log knows of a conversation's messages before its history is read. */
export interface MissingFromHistory {
  /** By `occurredAt`. */
  readonly messages: readonly UnlistedMessage[];
  /**
   * The time of the earliest message that anything is recorded of, in epoch milliseconds; `Infinity` if there is none, `-Infinity` if unknown. A listed message that is older,
   * by more than the tolerance of clocks, and no longer recent has the identity that follows from its listed id.
   */
  readonly knownFrom: number;
}

/** Current load of the log. */
export interface LogStats {
  /** Running subscriptions. */
  readonly subscriptions: number;
  /** Events queued for them. */
  readonly queued: number;
}

export interface LogHealth {
  readonly ok: boolean;
  /** Errors and durability warnings, one line each, for operators. */
  readonly warnings: readonly string[];
}

/** The durable, ordered event log. Every engine passes `test/contract/event-log`. */
export interface EventLog {
  /** Outcomes of idempotent requests, stored beside the events. */
  readonly requests: IdempotencyStore;
  /** Marks of the search for events that never arrived, stored beside the events. */
  readonly healing: HealingMarks;
  /** Progress of the sinks, stored beside the events. */
  readonly sinks: SinkStore;
  /** Conversations by last activity. */
  readonly inbox: Inbox;
  /**
   * Stores an event; resolves only when it is durable. An id that the log already has, or remembers after removal, is a duplicate and not
   * stored again. Rejects with `EventIdReusedError` if the id belongs to another conversation, and with `LogUnavailableError` if the event
   * cannot be stored.
   * `echoOf`: the handle (`registerPendingSend`) of the message whose echo the event is, if known; otherwise it is matched by content.
   * `listed`: for an event that came late (`isLate`), the messages with its content that history lists around its time: nothing may be recorded of them.
   */
  append(event: ConversationEvent, echoOf?: string | null, listed?: readonly ListedMessage[]): Promise<Appended>;
  /**
   * Whether messages have to be healed, in order, each as if those before it were. Only reads; a decision may have changed when `heal` is called. Few dozens at a time: the
   * engine does nothing else meanwhile.
   */
  decideHealing(overdue: OverdueMessages<OverdueMessage>): Promise<readonly HealingDecision[]>;
  /**
   * Stores the events of listed messages, in order, each under its message's identity and only if none was stored for it: decided again in the transaction that stores it. The
   * message's own event, if it arrives later, is then a duplicate of this one. One promise for each; they reject as `append` does. Few dozens at a time.
   */
  heal(overdue: OverdueMessages<HealingEvent>): readonly Promise<HealingOutcome>[];
  /** When a conversation was last erased, as long as anything from before could be healed; null if it was not. */
  erasedAt(conversationId: string): Promise<Date | null>;
  /** Publishes an event to current subscribers without storing it. */
  publish(event: ConversationEvent): void;
  read(scope: Scope, range: ReadRange): Promise<LogPage>;
  /** Whether any event of a conversation is stored. */
  hasEvents(conversationId: string): Promise<boolean>;
  /** Rejects like `read` for an invalid `after`. No event stored after it resolves is missed. */
  subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription>;
  /** Costs a memory look-up or one round trip; never an upstream call. */
  head(): Promise<Head>;
  /** The cursor before the first event of a scope. */
  origin(scope: Scope): string;
  /**
   * Conversations with events stored since then, to resume work that a stopped process left undone; one that was only read since then may be left out. An engine whose file has no time of
   * storage goes by `receivedAt`.
   */
  activeSince(received: Date): Promise<readonly string[]>;

  /** Registers a message that is about to be sent; durable when it resolves. Returns a handle for `append` and `cancelPendingSend`. */
  registerPendingSend(expected: NewPendingSend): Promise<string>;
  /** Cancels a registered send: the message was not sent. */
  cancelPendingSend(handle: string): Promise<void>;
  /**
   * Assigns identities to messages listed by the upstream's history. Matches them with events that no listed message was matched with
   * before; an identity, once assigned, never changes. Returns one identity per sighting, in order. Messages that are old (`isOld`) and
   * match no event are not recorded: their identity follows from their listed id.
   */
  identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]>;
  /** The identity recorded under a key, and its event if one is stored; null if there is none, as of old messages without an event. */
  findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null>;
  /** Of events stored since then. An engine whose file has no time of storage goes by `receivedAt`. */
  eventsMissingFromHistory(conversationId: string, received: Date): Promise<MissingFromHistory>;

  /**
   * Facts about how a conversation was handled, from all events ever stored of it. Summaries of expired events are retained ten times as
   * long as events.
   */
  interactionMetrics(conversationId: string): Promise<Handling>;

  /** Removes events stored before then (by `receivedAt`, in an engine whose file has no time of storage). Returns how many. */
  expire(olderThan: Date): Promise<number>;
  /**
   * Removes everything stored of a conversation. Its event ids stay known as duplicates for as long as ids are remembered. Returns how
   * many events were removed.
   */
  erase(conversationId: string): Promise<number>;
  health(): Promise<LogHealth>;
  /** The conversations that have a subscription at this gateway. */
  followed(): readonly string[];
  stats(): LogStats;
  /** Finishes work in flight, ends all subscriptions and releases the store. */
  close(): Promise<void>;
}
