import type { ConversationEvent, EventType } from '../domain/event.js';
import { SlowConsumerError } from './errors.js';
import type { Delivery, LogPage, LogSubscription } from './event-log.js';
import type { Subscriber } from './subscribers.js';

/** What becomes of a request. Exactly one of them is called, once. */
export interface Outcome<T> {
  taken(result: T): void;
  failed(error: Error): void;
}

export interface SubscriptionParts {
  /** Where it starts. */
  readonly cursor: string;
  /** Null: every type. */
  readonly types: ReadonlySet<EventType> | null;
  /** How many stored events may wait for the consumer. */
  readonly queueLimit: number;
  /**
   * Reads a page of stored events after a cursor. The outcome is told at the very moment in the log's order at which the page was read: live events told before
   * it are in the page or before it, live events told later lie after the page.
   */
  readonly readPage: (after: string, outcome: Outcome<LogPage>) => void;
  /** Called once, when more live events wait than may. */
  readonly onOverflow?: (() => void) | undefined;
  /** Called once, when the subscription is over, however that came. */
  readonly onEnd: () => void;
}

interface Waiter {
  resolve(result: IteratorResult<Delivery>): void;
  reject(error: Error): void;
}

/** What waits for the consumer: a stored event, or one that only passes by and gets its cursor when it is handed out. */
type Queued = Delivery | { readonly passing: ConversationEvent };

const DONE: IteratorResult<Delivery> = { done: true, value: undefined };

/**
 * Stored events first, read a page at a time as the consumer takes them; when a page shows that nothing is left, live ones, which wait in a bounded queue. While
 * it reads stored events it lets live ones go by: the pages will bring them.
 */
export class StoredThenLive implements LogSubscription, Subscriber {
  #state: 'behind' | 'live' | 'ended' = 'live';
  #failure: Error | null = null;
  #reading = false;
  #queue: Queued[] = [];
  #waiters: Waiter[] = [];
  /** Live stored events in the queue. Only they can be too many: pages are asked for, and what passes by is dropped. */
  #liveQueued = 0;
  /** Cursor of the last stored event read. */
  #read: string;
  #handedOut: string;

  constructor(private readonly parts: SubscriptionParts) {
    this.#read = parts.cursor;
    this.#handedOut = parts.cursor;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get cursor(): string {
    return this.#handedOut;
  }

  /** Starts with the stored events after the cursor. Settles when the first of them are read; a rejection ends the subscription. */
  begin(): Promise<void> {
    this.#state = 'behind';
    return new Promise((resolve, reject) => {
      this.#readOn({ taken: resolve, failed: reject });
    });
  }

  next(): Promise<IteratorResult<Delivery>> {
    if (this.#failure !== null) {
      const failure = this.#failure;
      this.#failure = null;
      return Promise.reject(failure);
    }
    const queued = this.#queue.shift();
    if (queued !== undefined) return Promise.resolve({ done: false, value: this.#handOut(queued) });
    if (this.#state === 'ended') return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#state === 'behind' && !this.#reading) this.#readOn();
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.#failure = null;
    this.end();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  accept(delivery: Delivery): void {
    if (this.#state !== 'live' || !this.#wants(delivery.event)) return;
    if (this.#liveQueued >= this.parts.queueLimit) {
      this.fail(new SlowConsumerError(`More than ${this.parts.queueLimit} events wait for this subscriber.`));
      this.parts.onOverflow?.();
      return;
    }
    this.#liveQueued += 1;
    this.#enqueue(delivery);
  }

  pass(event: ConversationEvent): void {
    if (this.#state !== 'live' || !this.#wants(event) || this.#queue.length >= this.parts.queueLimit) return;
    this.#enqueue({ passing: event });
  }

  end(): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#queue = [];
    const waiters = this.#waiters;
    this.#waiters = [];
    this.parts.onEnd();
    for (const waiter of waiters) waiter.resolve(DONE);
  }

  fail(error: Error): void {
    if (this.#state === 'ended') return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#failure = error;
    else waiter.reject(error);
    this.end();
  }

  #wants({ type }: ConversationEvent): boolean {
    return this.parts.types?.has(type) ?? true;
  }

  #readOn(outcome?: Outcome<void>): void {
    this.#reading = true;
    this.parts.readPage(this.#read, {
      taken: (page) => {
        this.#reading = false;
        this.#take(page);
        outcome?.taken();
      },
      failed: (error) => {
        this.#reading = false;
        if (outcome === undefined) this.fail(error);
        else this.end();
        outcome?.failed(error);
      },
    });
  }

  #take(page: LogPage): void {
    if (this.#state !== 'behind') return;
    // Before anything else can be told: live events that come from now on lie after this page.
    if (!page.hasMore) this.#state = 'live';
    this.#read = page.events.at(-1)?.cursor ?? this.#read;
    for (const logged of page.events) this.#enqueue({ ...logged, replayed: true });
    if (page.hasMore && this.#waiters.length > 0) this.#readOn();
  }

  #enqueue(queued: Queued): void {
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#queue.push(queued);
    else waiter.resolve({ done: false, value: this.#handOut(queued) });
  }

  #handOut(queued: Queued): Delivery {
    if ('passing' in queued) return { event: queued.passing, cursor: this.#handedOut, name: null, replayed: false };
    if (!queued.replayed) this.#liveQueued -= 1;
    this.#handedOut = queued.cursor;
    return queued;
  }
}
