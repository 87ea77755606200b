import type { Deliveries, DeliverySink } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';

interface Waiter {
  resolve(result: IteratorResult<Delivery>): void;
  reject(error: Error): void;
}

const DONE: IteratorResult<Delivery> = { done: true, value: undefined };

/** Adapts pushed deliveries to an async iterator. It accepts a delivery only while `next()` is pending. */
export class PulledDeliveries implements AsyncIterator<Delivery>, DeliverySink {
  #waiters: Waiter[] = [];
  #ready: (() => void) | null = null;
  #isStarted = false;
  #isDone = false;
  #error: Error | null = null;

  constructor(private readonly source: Pick<Deliveries, 'pipeTo' | 'return'>) {}

  next(): Promise<IteratorResult<Delivery>> {
    const error = this.#error;
    this.#error = null;
    if (error !== null) return Promise.reject(error);
    if (this.#isDone) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#isStarted) this.#signalReady();
      else this.#start();
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.#error = null;
    this.#isDone = true;
    return this.source.return();
  }

  write(delivery: Delivery): Promise<void> | null {
    this.#waiters.shift()?.resolve({ done: false, value: delivery });
    return this.#waiters.length > 0 ? null : new Promise((resolve) => (this.#ready = resolve));
  }

  end(error: Error | null): void {
    this.#isDone = true;
    const waiters = this.#waiters;
    this.#waiters = [];
    const first = error === null ? undefined : waiters.shift();
    if (error !== null && first !== undefined) first.reject(error);
    else this.#error = error;
    for (const waiter of waiters) waiter.resolve(DONE);
  }

  #start(): void {
    this.#isStarted = true;
    this.source.pipeTo(this);
  }

  #signalReady(): void {
    const ready = this.#ready;
    this.#ready = null;
    ready?.();
  }
}
