import type { Deliveries, Delivery, DeliverySink } from '../port/event-log.js';

interface Waiter {
  resolve(result: IteratorResult<Delivery>): void;
  reject(error: Error): void;
}

const DONE: IteratorResult<Delivery> = { done: true, value: undefined };

/** Asks for deliveries one at a time, for consumers that pull. Only while somebody waits is it ready for another. */
export class PulledDeliveries implements AsyncIterator<Delivery>, DeliverySink {
  #waiters: Waiter[] = [];
  #ready: (() => void) | null = null;
  #hasBegun = false;
  #isOver = false;
  #error: Error | null = null;

  constructor(private readonly source: Pick<Deliveries, 'pipeTo' | 'return'>) {}

  next(): Promise<IteratorResult<Delivery>> {
    const error = this.#error;
    this.#error = null;
    if (error !== null) return Promise.reject(error);
    if (this.#isOver) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#hasBegun) this.#goOn();
      else this.#begin();
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.#error = null;
    this.#isOver = true;
    return this.source.return();
  }

  write(delivery: Delivery): Promise<void> | null {
    this.#waiters.shift()?.resolve({ done: false, value: delivery });
    return this.#waiters.length > 0 ? null : new Promise((resolve) => (this.#ready = resolve));
  }

  end(error: Error | null): void {
    this.#isOver = true;
    const waiters = this.#waiters;
    this.#waiters = [];
    const first = error === null ? undefined : waiters.shift();
    if (error !== null && first !== undefined) first.reject(error);
    else this.#error = error;
    for (const waiter of waiters) waiter.resolve(DONE);
  }

  #begin(): void {
    this.#hasBegun = true;
    this.source.pipeTo(this);
  }

  #goOn(): void {
    const ready = this.#ready;
    this.#ready = null;
    ready?.();
  }
}
