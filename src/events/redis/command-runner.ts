import { GatewayError } from '../../domain/errors.js';
import { EventIdReusedError, LogUnavailableError, reasonOf } from '../port/errors.js';

/** How long whoever runner is kept waiting by a Redis that answers nobody: 2 s. */
const ANSWER_MS = 2_000;
/** How long at most while Redis answers others: what is asked may be queued behind much else. */
const MOST_MS = 10_000;

/** A connection that says what is wrong with it. */
export interface Watched {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
}

/** Runs what runner Redis; what goes wrong there becomes a `LogUnavailableError`. */
export class CommandRunner {
  #closed = false;
  #answeredAt = -Infinity;
  /** Why the connection broke, or could not be made, last; null while there is one. */
  #trouble: string | null = null;

  /** `answerMs`: how long an answer is waited for. Default 2 s. */
  constructor(private readonly answerMs: number = ANSWER_MS) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Nothing can be asked any more. */
  close(): void {
    this.#closed = true;
  }

  /** Redis has answered something, be it only a part of what somebody waits for. */
  noteAnswer(): void {
    this.#answeredAt = performance.now();
  }

  /** Notes what is wrong with the connection, for whoever waits in vain. */
  watch(connection: Watched): void {
    connection.on('error', (error) => {
      this.#trouble = error.message;
    });
    connection.on('ready', () => {
      this.#trouble = null;
    });
  }

  /**
   * Rejects when there is no answer in time: when Redis has answered nobody for as long as answers are waited for, and in any case after some more. What was asked may be done all the
   * same. `waitMs`: how long Redis itself waits before it answers.
   */
  run<T>(work: () => Promise<T>, waitMs = 0): Promise<T> {
    return this.runWithoutTimeout(() => this.#inTime(work, waitMs));
  }

  /** As `run`, for what is asked piece by piece: each piece is waited for by itself, and goes on where the log has been closed meanwhile. */
  runInPieces<T>(work: (piece: <P>(work: () => Promise<P>, waitMs?: number) => Promise<P>) => Promise<T>): Promise<T> {
    return this.runWithoutTimeout(() => work((piece, waitMs = 0) => this.#inTime(piece, waitMs)));
  }

  #inTime<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    const limitMs = this.answerMs + waitMs;
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
        clearTimeout(timer);
      };
      const check = () => {
        if (isSettled) return;
        const now = performance.now();
        const leftMs = Math.min(Math.max(begun, this.#answeredAt) + limitMs, begun + Math.max(MOST_MS, limitMs)) - now;
        if (leftMs > 1) timer = setTimeout(look, leftMs);
        else reject(this.#late());
      };
      // Answers that came while this process was busy are still to be read: they come first.
      const look = () => setImmediate(() => setImmediate(check));
      let timer = setTimeout(look, limitMs);
      work().then(
        (value) => {
          settle();
          this.noteAnswer();
          resolve(value);
        },
        (error: unknown) => {
          settle();
          reject(error instanceof Error ? error : new Error('failed', { cause: error }));
        },
      );
    });
  }

  /** As `run`, for what takes as long as it takes. */
  async runWithoutTimeout<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new LogUnavailableError('The event log is closed');
    try {
      return await work();
    } catch (error) {
      // Errors of the log's own, of which each means something.
      if (error instanceof GatewayError || error instanceof EventIdReusedError) throw error;
      throw new LogUnavailableError(`Redis: ${reasonOf(error)}`, { cause: error });
    }
  }

  #late(): LogUnavailableError {
    const why = this.#trouble === null ? '' : `: ${this.#trouble}`;
    return new LogUnavailableError(`Redis has not answered for ${this.answerMs} ms${why}`);
  }
}
