import type { EventType } from '../../domain/event.js';
import type { Shard } from '../../domain/shard.js';
import type { Delivery } from './stored-event.js';

/** What a subscription delivers, and where it begins. */
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
