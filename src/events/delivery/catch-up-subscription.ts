import { EVENT_TYPES } from '../../domain/event.js';
import type { ConversationEvent, EventType } from '../../domain/event.js';
import { Consumer } from './consumer.js';
import { SlowConsumerError } from '../port/errors.js';
import type { Delivery, LogSubscription, SubscriptionPage, DeliverySink } from '../port/event-log.js';
import { PulledDeliveries } from './pulled-deliveries.js';
import type { Subscriber } from './subscribers.js';

/** What becomes of a request. Exactly one of them is called, once. */
export interface Callbacks<T> {
  resolve(result: T): void;
  reject(error: Error): void;
}

/** Stored events as they are handed out: each one object for all who asked for the page. */
export interface ReplayPage {
  readonly deliveries: readonly Delivery[];
  readonly hasMore: boolean;
  /** As that of `SubscriptionPage`. */
  readonly upTo: string;
}

export const toReplayPage = ({ events, hasMore, upTo }: SubscriptionPage): ReplayPage => ({
  deliveries: events.map(({ event, cursor, identity }) => ({ event, cursor, identity, replayed: true })),
  hasMore,
  upTo,
});

export interface CatchUpSubscriptionOptions {
  /** Where it starts. */
  readonly cursor: string;
  /** Null: every type. */
  readonly types: readonly EventType[] | null;
  /** How many stored events may wait for the consumer. */
  readonly queueLimit: number;
  /**
   * Reads a page of stored events after a cursor. The outcome is told at the very moment in the log's order at which the page was read: live events told before
   * it are in the page or before it, live events told later lie after the page.
   */
  readonly readPage: (after: string, outcome: Callbacks<ReplayPage>) => void;
  /** Called once, when more live events wait than may. */
  readonly onOverflow?: (() => void) | undefined;
  /** Called once, when the subscription is over, however that came. */
  readonly onEnd: () => void;
}

/** What waits for the consumer: a stored event, or one that only passes by and gets its cursor when it is handed out. */
type Queued = Delivery | { readonly passing: ConversationEvent };

const EVERY_TYPE = -1;
/** A bit for each type: a set for each of thousands of subscriptions is memory that is seldom near. */
const BITS = Object.fromEntries(EVENT_TYPES.map((type, index) => [type, 1 << index])) as Readonly<Record<EventType, number>>;

/**
 * Stored events first, read a page at a time as the consumer takes them; when a page shows that nothing is left, live ones, which wait in a bounded queue. While
 * it reads stored events it lets live ones go by: the pages will bring them.
 */
export class CatchUpSubscription implements LogSubscription, Subscriber {
  #state: 'behind' | 'live' | 'ended' = 'live';
  #failure: Error | null = null;
  #reading = false;
  #queue: Queued[] = [];
  readonly #consumer = new Consumer(
    () => this.#serve(),
    (error) => this.fail(error),
  );
  /** Live stored events in the queue. Only they can be too many: pages are asked for, and what passes by is dropped. */
  #liveQueued = 0;
  /** Cursor of the last stored event read. */
  #read: string;
  #handedOut: string;
  /** Cursor of the last stored event looked at, wanted or not. */
  #seen: string;
  #pulled: PulledDeliveries | null = null;
  readonly #wanted: number;

  constructor(private readonly parts: CatchUpSubscriptionOptions) {
    this.#wanted = parts.types?.reduce((bits, type) => bits | BITS[type], 0) ?? EVERY_TYPE;
    this.#read = parts.cursor;
    this.#handedOut = parts.cursor;
    this.#seen = parts.cursor;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get cursor(): string {
    return this.#handedOut;
  }

  get bookmark(): string | null {
    return this.#state === 'live' && this.#queue.length === 0 && this.#consumer.isWaiting ? this.#seen : null;
  }

  /** Starts with the stored events after the cursor. Settles when the first of them are read; a rejection ends the subscription. */
  begin(): Promise<void> {
    this.#state = 'behind';
    return new Promise((resolve, reject) => {
      this.#readOn({ resolve: resolve, reject: reject });
    });
  }

  next(): Promise<IteratorResult<Delivery>> {
    this.#pulled ??= new PulledDeliveries(this);
    return this.#pulled.next();
  }

  pipeTo(taker: DeliverySink): void {
    const failure = this.#failure;
    this.#failure = null;
    if (this.#state === 'ended') {
      taker.end(failure);
      return;
    }
    this.#consumer.handTo(taker);
    this.#serve();
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
    this.#seen = delivery.cursor;
    if (!this.#wants(delivery.event)) return;
    if (this.#queue.length === 0 && this.#consumer.isWaiting) {
      this.#handedOut = delivery.cursor;
      this.#consumer.give(delivery);
      return;
    }
    if (this.#liveQueued >= this.parts.queueLimit) {
      this.fail(new SlowConsumerError(`More than ${this.parts.queueLimit} events wait for this subscriber.`));
      this.parts.onOverflow?.();
      return;
    }
    this.#liveQueued += 1;
    this.#enqueue(delivery);
  }

  acceptTransient(event: ConversationEvent): void {
    if (this.#state !== 'live' || !this.#wants(event) || this.#queue.length >= this.parts.queueLimit) return;
    this.#enqueue({ passing: event });
  }

  end(): void {
    this.#over(null);
  }

  fail(error: Error): void {
    this.#over(error);
  }

  #over(error: Error | null): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#queue = [];
    this.parts.onEnd();
    if (!this.#consumer.end(error)) this.#failure = error;
  }

  #wants({ type }: ConversationEvent): boolean {
    return this.#wanted === EVERY_TYPE || (this.#wanted & BITS[type]) !== 0;
  }

  #readOn(outcome?: Callbacks<void>): void {
    this.#reading = true;
    this.parts.readPage(this.#read, {
      resolve: (page) => {
        this.#take(page);
        // Not before all of it is queued: what is handed out on the way must not have the next one read.
        this.#reading = false;
        this.#serve();
        outcome?.resolve();
      },
      reject: (error) => {
        this.#reading = false;
        if (outcome === undefined) this.fail(error);
        else this.end();
        outcome?.reject(error);
      },
    });
  }

  #take({ deliveries, hasMore, upTo }: ReplayPage): void {
    if (this.#state !== 'behind') return;
    // Before anything else can be told: live events that come from now on lie after this page.
    if (!hasMore) this.#state = 'live';
    this.#read = deliveries.at(-1)?.cursor ?? this.#read;
    this.#seen = upTo;
    for (const delivery of deliveries) this.#queue.push(delivery);
  }

  #enqueue(queued: Queued): void {
    this.#queue.push(queued);
    this.#serve();
  }

  /** Hands out what is queued as long as somebody waits for it, and reads on when somebody still does. */
  #serve(): void {
    while (this.#consumer.isWaiting) {
      const queued = this.#queue.shift();
      if (queued === undefined) {
        if (this.#state === 'behind' && !this.#reading) this.#readOn();
        return;
      }
      this.#consumer.give(this.#handOut(queued));
    }
  }

  #handOut(queued: Queued): Delivery {
    if ('passing' in queued) return { event: queued.passing, cursor: this.#handedOut, identity: null, replayed: false };
    if (!queued.replayed) this.#liveQueued -= 1;
    this.#handedOut = queued.cursor;
    return queued;
  }
}
