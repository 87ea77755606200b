import type { Delivery, DeliverySink } from '../port/event-log.js';

/** Hands deliveries to a taker, the next one when the one before has been taken. */
export class Consumer {
  #taker: DeliverySink | null = null;
  /** The taker has nothing in hand. */
  #isReady = true;

  /**
   * @param onReady called when the taker has taken what it had in hand
   * @param onFault called with what the taker throws or rejects with
   */
  constructor(
    private readonly onReady: () => void,
    private readonly onFault: (error: Error) => void,
  ) {}

  /** A taker is there, and ready for a delivery. */
  get isWaiting(): boolean {
    return this.#taker !== null && this.#isReady;
  }

  handTo(taker: DeliverySink): void {
    this.#taker = taker;
  }

  /** To be called while somebody waits. */
  give(delivery: Delivery): void {
    this.#isReady = false;
    try {
      const taken = this.#taker?.write(delivery) ?? null;
      if (taken === null) this.#isReady = true;
      else taken.then(this.#onTaken, this.onFault);
    } catch (error) {
      this.onFault(error as Error);
    }
  }

  /** No more will come. Returns whether there was a taker to learn why. */
  end(error: Error | null): boolean {
    const taker = this.#taker;
    this.#taker = null;
    taker?.end(error);
    return taker !== null;
  }

  readonly #onTaken = (): void => {
    this.#isReady = true;
    this.onReady();
  };
}
