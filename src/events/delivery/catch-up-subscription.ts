import { EVENT_TYPES } from '../../domain/events/event-table.js';
import type { ConversationEvent, EventType } from '../../domain/event.js';
import type { Shard } from '../../domain/shard.js';
import { Consumer } from './consumer.js';
import { isEventInShard } from './event-shard.js';
import { SlowConsumerError } from '../port/errors.js';
import type { SubscriptionPage } from '../port/log-page.js';
import type { LogSubscription, SubscribeOptions, DeliverySink } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';
import { PulledDeliveries } from './pulled-deliveries.js';
import type { Subscriber } from './subscribers.js';

/** Receives the result of a request. Exactly one of them is called, once. */
export interface Callbacks<T> {
  resolve(result: T): void;
  reject(error: Error): void;
}

/** Stored events ready for delivery; shared by all subscriptions that asked for the page. */
export interface ReplayPage {
  readonly deliveries: readonly Delivery[];
  readonly hasMore: boolean;
  /** As in `SubscriptionPage`. */
  readonly upTo: string;
}

export const toReplayPage = ({ events, hasMore, upTo }: SubscriptionPage): ReplayPage => ({
  deliveries: events.map(({ event, cursor, identity }) => ({ event, cursor, identity, replayed: true })),
  hasMore,
  upTo,
});

export interface CatchUpSubscriptionOptions {
  /** Start cursor. */
  readonly cursor: string;
  /** Null for every type. */
  readonly types: readonly EventType[] | null;
  /** Omitted or null for every conversation. A page may hold others. */
  readonly shard?: Shard | null | undefined;
  /** How many live stored events may be queued for the consumer. */
  readonly queueLimit: number;
  /**
   * Reads a page of stored events after a cursor. Must call back at the point in log order at which the page was read: live events
   * accepted before it are in the page or before it, live events accepted later lie after the page.
   */
  readonly readPage: (after: string, callbacks: Callbacks<ReplayPage>) => void;
  /** Called once, when the queue of live events overflows. */
  readonly onOverflow?: (() => void) | undefined;
  readonly onErased?: SubscribeOptions['onErased'];
  /** Called once, when the subscription has ended for any reason. */
  readonly onEnd: () => void;
}

/** A queued stored event, or a transient one, which gets its cursor on delivery. */
type Queued = Delivery | { readonly transient: ConversationEvent };

const ALL_TYPES = -1;
/** One bit per type: a set per subscription, for thousands of them, would cost memory. */
const TYPE_BITS = Object.fromEntries(EVENT_TYPES.map((type, index) => [type, 1 << index])) as Readonly<Record<EventType, number>>;

/**
 * Catch-up subscription: delivers stored events first, read a page at a time as the consumer accepts them; once a page reports no more,
 * delivers live events from a bounded queue. While catching up it ignores live events, since pages will contain them.
 */
export class CatchUpSubscription implements LogSubscription, Subscriber {
  #state: 'behind' | 'live' | 'ended' = 'live';
  #failure: Error | null = null;
  #reading = false;
  /** The page that was read last, while some of it is to be delivered; shared with others, since thousands may replay the same. */
  #page: ReplayPage | null = null;
  /** How much of it is delivered. */
  #pageAt = 0;
  /** What follows the page. */
  #queue: Queued[] = [];
  readonly #consumer = new Consumer(
    () => this.#drain(),
    (error) => this.fail(error),
  );
  /** Live stored events in the queue. Only these can overflow it: pages are read on demand and transient events are dropped. */
  #liveQueued = 0;
  /** Cursor of the last stored event read. */
  #readUpTo: string;
  #delivered: string;
  /** Cursor of the last stored event examined, wanted or not. */
  #scannedUpTo: string;
  #pulled: PulledDeliveries | null = null;
  readonly #wantedTypes: number;

  constructor(private readonly options: CatchUpSubscriptionOptions) {
    this.#wantedTypes = options.types?.reduce((bits, type) => bits | TYPE_BITS[type], 0) ?? ALL_TYPES;
    this.#readUpTo = options.cursor;
    this.#delivered = options.cursor;
    this.#scannedUpTo = options.cursor;
  }

  get queued(): number {
    return this.#queue.length + (this.#page === null ? 0 : this.#page.deliveries.length - this.#pageAt);
  }

  get cursor(): string {
    return this.#delivered;
  }

  get bookmark(): string | null {
    return this.#state === 'live' && this.queued === 0 && this.#consumer.canWrite ? this.#scannedUpTo : null;
  }

  /** Starts with the stored events after the cursor. Settles when the first page is read; a rejection ends the subscription. */
  start(): Promise<void> {
    this.#state = 'behind';
    return new Promise((resolve, reject) => {
      this.#readNextPage({ resolve, reject });
    });
  }

  next(): Promise<IteratorResult<Delivery>> {
    this.#pulled ??= new PulledDeliveries(this);
    return this.#pulled.next();
  }

  pipeTo(sink: DeliverySink): void {
    const failure = this.#failure;
    this.#failure = null;
    if (this.#state === 'ended') {
      sink.end(failure);
      return;
    }
    this.#consumer.attach(sink);
    this.#drain();
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.#failure = null;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  accept(delivery: Delivery): void {
    if (this.#state !== 'live') return;
    this.#scannedUpTo = delivery.cursor;
    if (!this.#wants(delivery.event)) return;
    if (this.queued === 0 && this.#consumer.canWrite) {
      this.#delivered = delivery.cursor;
      this.#consumer.write(delivery);
      return;
    }
    if (this.#liveQueued >= this.options.queueLimit) {
      this.fail(new SlowConsumerError(`More than ${this.options.queueLimit} events wait for this subscriber.`));
      this.options.onOverflow?.();
      return;
    }
    this.#liveQueued += 1;
    this.#enqueue(delivery);
  }

  acceptTransient(event: ConversationEvent): void {
    if (this.#state !== 'live' || !this.#wants(event) || this.queued >= this.options.queueLimit) return;
    this.#enqueue({ transient: event });
  }

  acceptErasure(conversationId: string): void {
    if (this.#state !== 'ended') this.options.onErased?.(conversationId);
  }

  end(): void {
    this.#finish(null);
  }

  fail(error: Error): void {
    this.#finish(error);
  }

  #finish(error: Error | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#page = null;
    this.#queue = [];
    this.options.onEnd();
    if (!this.#consumer.end(error)) this.#failure = error;
  }

  #wants(event: ConversationEvent): boolean {
    return (this.#wantedTypes === ALL_TYPES || (this.#wantedTypes & TYPE_BITS[event.type]) !== 0) && this.#isInShard(event);
  }

  #isInShard(event: ConversationEvent): boolean {
    const { shard } = this.options;
    return shard === null || shard === undefined || isEventInShard(event, shard);
  }

  #readNextPage(callbacks?: Callbacks<void>): void {
    this.#reading = true;
    this.options.readPage(this.#readUpTo, {
      resolve: (page) => {
        this.#acceptPage(page);
        // Only after the whole page is queued: a delivery on the way must not trigger the next read.
        this.#reading = false;
        this.#drain();
        callbacks?.resolve();
      },
      reject: (error) => {
        this.#reading = false;
        if (callbacks === undefined) this.fail(error);
        else this.end();
        callbacks?.reject(error);
      },
    });
  }

  #acceptPage(page: ReplayPage): void {
    const { deliveries, hasMore, upTo } = page;
    if (this.#state !== 'behind') return;
    // Set before anything else can arrive: live events from now on lie after this page.
    if (!hasMore) this.#state = 'live';
    this.#readUpTo = deliveries.at(-1)?.cursor ?? this.#readUpTo;
    this.#scannedUpTo = upTo;
    this.#pageAt = 0;
    this.#page = this.options.shard ? { ...page, deliveries: deliveries.filter(({ event }) => this.#isInShard(event)) } : page;
  }

  #enqueue(queued: Queued): void {
    this.#queue.push(queued);
    this.#drain();
  }

  /** Delivers what is queued while the consumer accepts it, and reads the next page when nothing is left. */
  #drain(): void {
    while (this.#consumer.canWrite) {
      const queued = this.#next();
      if (queued === undefined) {
        if (this.#state === 'behind' && !this.#reading) this.#readNextPage();
        return;
      }
      this.#consumer.write(this.#toDelivery(queued));
    }
  }

  /** What is to be delivered next; undefined if nothing is. */
  #next(): Queued | undefined {
    const delivery = this.#page?.deliveries[this.#pageAt];
    if (delivery === undefined) {
      this.#page = null;
      return this.#queue.shift();
    }
    this.#pageAt += 1;
    return delivery;
  }

  #toDelivery(queued: Queued): Delivery {
    if ('transient' in queued) return { event: queued.transient, cursor: this.#delivered, identity: null, replayed: false };
    if (!queued.replayed) this.#liveQueued -= 1;
    this.#delivered = queued.cursor;
    return queued;
  }
}
