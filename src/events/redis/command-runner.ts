import { GatewayError } from '../../domain/errors.js';
import { EventIdReusedError, LogUnavailableError, reasonOf } from '../port/errors.js';

/** How long callers wait while Redis replies to nobody: 2 s. */
const REPLY_TIMEOUT_MS = 2_000;
/** Maximum wait while Redis replies to others: a command may be queued behind many. */
const MAX_WAIT_MS = 10_000;

/** A connection whose errors can be observed. */
export interface ObservableConnection {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'ready', listener: () => void): unknown;
}

/** Runs one step of some work, with a timeout of its own. `waitMs`: how long Redis itself waits before it replies. */
export type Piece = <P>(work: () => Promise<P>, waitMs?: number) => Promise<P>;

/** Runs Redis commands with a timeout; failures become `LogUnavailableError`. */
export class CommandRunner {
  #closed = false;
  #repliedAt = -Infinity;
  /** The latest connection error; null while connected. */
  #connectionError: string | null = null;

  /** `replyTimeoutMs`: how long a reply is waited for. Default 2 s. */
  constructor(private readonly replyTimeoutMs: number = REPLY_TIMEOUT_MS) {}

  get closed(): boolean {
    return this.#closed;
  }

  /** Rejects all further commands. */
  close(): void {
    this.#closed = true;
  }

  /** Redis has replied to something, possibly only a part of what a caller waits for. */
  recordReply(): void {
    this.#repliedAt = performance.now();
  }

  /** Records connection errors, for the message of a timeout. */
  watch(connection: ObservableConnection): void {
    connection.on('error', (error) => {
      this.#connectionError = error.message;
    });
    connection.on('ready', () => {
      this.#connectionError = null;
    });
  }

  /**
   * Rejects when there is no reply in time: when Redis has replied to nobody for the timeout, and in any case after `MAX_WAIT_MS`. The
   * command may be executed all the same. `waitMs`: how long Redis itself waits before it replies.
   */
  run<T>(work: () => Promise<T>, waitMs = 0): Promise<T> {
    return this.runWithoutTimeout(() => this.#withTimeout(work, waitMs));
  }

  /** Like `run`, for work in several steps: each step has its own timeout, and proceeds even if the log is closed meanwhile. */
  runInPieces<T>(work: (piece: Piece) => Promise<T>): Promise<T> {
    return this.runWithoutTimeout(() => work((piece, waitMs = 0) => this.#withTimeout(piece, waitMs)));
  }

  #withTimeout<T>(work: () => Promise<T>, waitMs: number): Promise<T> {
    const limitMs = this.replyTimeoutMs + waitMs;
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
        clearTimeout(timer);
      };
      const check = () => {
        if (isSettled) return;
        const now = performance.now();
        const leftMs = Math.min(Math.max(startedAt, this.#repliedAt) + limitMs, startedAt + Math.max(MAX_WAIT_MS, limitMs)) - now;
        if (leftMs > 1) timer = setTimeout(checkAfterIo, leftMs);
        else reject(this.#toTimeoutError());
      };
      // Replies that arrived while this process was busy are read first.
      const checkAfterIo = () => setImmediate(() => setImmediate(check));
      let timer = setTimeout(checkAfterIo, limitMs);
      work().then(
        (value) => {
          settle();
          this.recordReply();
          resolve(value);
        },
        (error: unknown) => {
          settle();
          reject(error instanceof Error ? error : new Error('failed', { cause: error }));
        },
      );
    });
  }

  /** Like `run`, without a timeout. */
  async runWithoutTimeout<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new LogUnavailableError('The event log is closed');
    try {
      return await work();
    } catch (error) {
      // Errors of our own pass unchanged: each has its meaning.
      if (error instanceof GatewayError || error instanceof EventIdReusedError) throw error;
      throw new LogUnavailableError(`Redis: ${reasonOf(error)}`, { cause: error });
    }
  }

  #toTimeoutError(): LogUnavailableError {
    const why = this.#connectionError === null ? '' : `: ${this.#connectionError}`;
    return new LogUnavailableError(`Redis has not answered for ${this.replyTimeoutMs} ms${why}`);
  }
}
