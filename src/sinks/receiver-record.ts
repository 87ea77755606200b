import type { DeliveryFailure, SinkStore } from '../events/port/sink-store.js';
import type { Failure } from './failure.js';

/** What this gateway has seen of a sink's receiver, for operators: kept in memory, and stored now and then. */
export class ReceiverRecord {
  #acceptedAt: Date | null = null;
  #lastFailure: DeliveryFailure | null = null;
  #isStored = true;

  constructor(
    private readonly sink: string,
    private readonly store: Pick<SinkStore, 'report'>,
    private readonly clock: () => number,
  ) {}

  get lastFailure(): DeliveryFailure | null {
    return this.#lastFailure;
  }

  accept(): void {
    this.#acceptedAt = new Date(this.clock());
    this.#isStored = false;
  }

  fail({ reason }: Failure): void {
    this.#lastFailure = { at: new Date(this.clock()), reason };
    this.#isStored = false;
  }

  /** Stores what has changed. Rejects with `LogUnavailableError`; then it is stored the next time. */
  async save(): Promise<void> {
    if (this.#isStored) return;
    this.#isStored = true;
    try {
      await this.store.report(this.sink, { acceptedAt: this.#acceptedAt, lastFailure: this.#lastFailure });
    } catch (error) {
      this.#isStored = false;
      throw error;
    }
  }
}
