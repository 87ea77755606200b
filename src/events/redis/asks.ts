import { BadUserInputError, CursorExpiredError } from '../../domain/errors.js';
import { EventIdReusedError, LogUnavailableError } from '../errors.js';

/** Runs what asks Redis; what goes wrong there is told as `LogUnavailableError`. */
export class Asks {
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing can be asked any more. */
  close(): void {
    this.#closed = true;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new LogUnavailableError('The event log is closed');
    try {
      return await work();
    } catch (error) {
      if (isOurs(error)) throw error;
      throw new LogUnavailableError(`Redis: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

const isOurs = (error: unknown): boolean =>
  error instanceof LogUnavailableError ||
  error instanceof EventIdReusedError ||
  error instanceof CursorExpiredError ||
  error instanceof BadUserInputError;
