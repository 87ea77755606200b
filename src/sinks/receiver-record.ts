import type { DeliveryFailure, SinkStore } from '../events/port/sink-store.js';
import type { Failure } from './failure.js';
import type { ReceiverHealth } from './receiver-health.js';

/** How long an event waits for a receiver that fails until operators are warned. */
const PROBLEM_AFTER_SECONDS = 60;

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

  /** What operators are warned of, after the sink's name: the receiver is down, or fails while an event has waited for long. Null otherwise. */
  describeProblem({ isDown, isFailing }: Pick<ReceiverHealth, 'isDown' | 'isFailing'>, lagSeconds: number): string | null {
    const failure = isDown || (isFailing && lagSeconds >= PROBLEM_AFTER_SECONDS) ? this.#lastFailure : null;
    return failure === null ? null : `is not accepted by its receiver: ${failure.reason} at ${failure.at.toISOString()}`;
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
