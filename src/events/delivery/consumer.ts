import type { DeliverySink } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';

/** Writes deliveries to a sink, the next one after the previous one was accepted. */
export class Consumer {
  #sink: DeliverySink | null = null;
  /** No delivery is in flight to the sink. */
  #isIdle = true;

  /**
   * @param onReady called when the sink has accepted the delivery in flight
   * @param onError called with what the sink throws or rejects with
   */
  constructor(
    private readonly onReady: () => void,
    private readonly onError: (error: Error) => void,
  ) {}

  /** A sink is attached and ready for a delivery. */
  get canWrite(): boolean {
    return this.#sink !== null && this.#isIdle;
  }

  attach(sink: DeliverySink): void {
    this.#sink = sink;
  }

  /** Must be called only while `canWrite`. */
  write(delivery: Delivery): void {
    this.#isIdle = false;
    try {
      const written = this.#sink?.write(delivery) ?? null;
      if (written === null) this.#isIdle = true;
      else written.then(this.#onWritten, this.onError);
    } catch (error) {
      this.onError(error as Error);
    }
  }

  /** Ends the sink. Returns whether one was attached to receive the error. */
  end(error: Error | null): boolean {
    const sink = this.#sink;
    this.#sink = null;
    sink?.end(error);
    return sink !== null;
  }

  readonly #onWritten = (): void => {
    this.#isIdle = true;
    this.onReady();
  };
}
