import { GatewayError } from '../../domain/errors.js';
import { within } from '../../domain/within.js';
import { EventIdReusedError, LogUnavailableError, reasonOf } from '../errors.js';

/** How long whoever asks is kept waiting by a Redis that does not answer: 10 s. */
const ANSWER_MS = 10_000;

/** Runs what asks Redis; what goes wrong there is told as `LogUnavailableError`. */
export class Asks {
  #closed = false;

  /** `answerMs`: how long an answer is waited for. Default 10 s. */
  constructor(private readonly answerMs: number = ANSWER_MS) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing can be asked any more. */
  close(): void {
    this.#closed = true;
  }

  /** Rejects when there is no answer in time. What was asked may be done all the same. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return within(this.answerMs, this.runAtLength(work), () => new LogUnavailableError(`Redis has not answered for ${this.answerMs} ms`));
  }

  /** As `run`, for what takes as long as it takes. */
  async runAtLength<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new LogUnavailableError('The event log is closed');
    try {
      return await work();
    } catch (error) {
      // Faults of the log's own, of which each means something.
      if (error instanceof GatewayError || error instanceof EventIdReusedError) throw error;
      throw new LogUnavailableError(`Redis: ${reasonOf(error)}`, { cause: error });
    }
  }
}
