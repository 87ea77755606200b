import { Readable } from 'node:stream';
import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

export const BOUNDARY = 'graphql';
const DELIMITER = `\r\n--${BOUNDARY}`;

/** What the stream takes its results from, one at a time. */
export type Results = AsyncIterator<ExecutionResult, void>;

/**
 * The body of an answer in Apollo's multipart protocol: a part for each result, an empty one now and then so that nobody on the way takes the connection for dead,
 * and the closing delimiter. A result is asked for once the one before has been taken, so what a slow client holds up waits in its source, which is bounded.
 *
 * Each delimiter is sent with the part before it: a part is over for its reader only when the next delimiter is there.
 */
export class MultipartStream extends Readable {
  readonly #heartbeat: NodeJS.Timeout;
  #asking = false;
  #ended = false;

  /** @param heartbeatMs how long nothing may be sent */
  constructor(
    private readonly results: Results,
    heartbeatMs: number,
  ) {
    super({ highWaterMark: 1 });
    this.#heartbeat = setInterval(() => {
      // Who does not take what is there already needs no further sign of life.
      if (this.readableLength === 0) this.#part({});
    }, heartbeatMs);
    // At once, to show that the subscription has begun.
    this.push(DELIMITER);
    this.#part({});
  }

  /** Ends the body with a reason that is about the connection and not about the operation. What has not been sent yet is left for when the client comes back. */
  endBecause(reason: GraphQLFormattedError): void {
    if (this.#ended) return;
    this.#part({ payload: null, errors: [reason] });
    this.#end();
  }

  override _read(): void {
    if (this.#asking || this.#ended) return;
    this.#asking = true;
    this.results.next().then(
      (next) => {
        this.#asking = false;
        if (this.#ended) return;
        if (next.done === true) this.#end();
        else this.#part({ payload: next.value });
      },
      (error: unknown) => {
        this.#asking = false;
        // Made ready for the client where it was thrown: the subscription itself failed.
        if (this.#ended) return;
        this.#part({ payload: { errors: [error as GraphQLFormattedError] } });
        this.#end();
      },
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#stop();
    callback(error);
  }

  #part(body: { payload?: ExecutionResult | FormattedExecutionResult | null; errors?: readonly GraphQLFormattedError[] }): void {
    this.#heartbeat.refresh();
    this.push(`\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}${DELIMITER}`);
  }

  #end(): void {
    this.#stop();
    this.push('--\r\n');
    this.push(null);
  }

  #stop(): void {
    this.#ended = true;
    clearInterval(this.#heartbeat);
    void this.results.return?.();
  }
}
