import type { Delivery, Taker } from './event-log.js';

interface Waiter {
  resolve(result: IteratorResult<Delivery>): void;
  reject(error: Error): void;
}

const DONE: IteratorResult<Delivery> = { done: true, value: undefined };

/** Who takes what a subscription gives: those who ask for one delivery each, or a taker who is handed the next one when he has taken the last. */
export class Consumer {
  #waiters: Waiter[] = [];
  #taker: Taker | null = null;
  /** The taker has nothing in hand. */
  #isReady = true;

  /**
   * @param onReady called when a taker has taken what he had in hand
   * @param onFault called with what a taker throws or rejects with
   */
  constructor(
    private readonly onReady: () => void,
    private readonly onFault: (error: Error) => void,
  ) {}

  /** Somebody waits for a delivery. */
  get isWaiting(): boolean {
    return this.#taker === null ? this.#waiters.length > 0 : this.#isReady;
  }

  next(): Promise<IteratorResult<Delivery>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  handTo(taker: Taker): void {
    this.#taker = taker;
  }

  /** To be called while somebody waits. */
  give(delivery: Delivery): void {
    if (this.#taker !== null) this.#handOver(delivery, this.#taker);
    else this.#waiters.shift()?.resolve({ done: false, value: delivery });
  }

  /** Tells them that no more will come, and one of them why. Returns whether there was one to be told. */
  end(error: Error | null): boolean {
    const [taker, waiters] = [this.#taker, this.#waiters];
    this.#taker = null;
    this.#waiters = [];
    const told = taker !== null || waiters.length > 0;
    if (error !== null) waiters.shift()?.reject(error);
    for (const waiter of waiters) waiter.resolve(DONE);
    taker?.end(error);
    return told;
  }

  #handOver(delivery: Delivery, taker: Taker): void {
    this.#isReady = false;
    try {
      const taken = taker.take(delivery);
      if (taken === null) this.#isReady = true;
      else taken.then(this.#onTaken, this.onFault);
    } catch (error) {
      this.onFault(error as Error);
    }
  }

  readonly #onTaken = (): void => {
    this.#isReady = true;
    this.onReady();
  };
}
