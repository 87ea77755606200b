import { Readable } from 'node:stream';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { EncodedResult } from '../websocket/encode-next-frame.js';
import { withCursor } from '../execution/end-reasons.js';
import type { ResultDelivery, ResultSink } from '../execution/result-delivery.js';
import type { StreamFormat } from './stream-format.js';

/** How much may wait for the client before the next result does: as on a socket. */
const MAX_UNSENT_BYTES = 65_536;

/**
 * The body of an HTTP response with the results of a subscription, and a heartbeat now and then so that nobody on the way takes the connection for dead. While the client
 * does not read, what comes waits in the subscription, whose queue is bounded.
 */
export class SubscriptionStream extends Readable implements ResultSink {
  readonly #heartbeat: NodeJS.Timeout;
  #delivery: ResultDelivery | null = null;
  #ended = false;
  #taken: (() => void) | null = null;
  /** The last cursor sent. */
  #cursor: string | null = null;

  /** @param heartbeatMs how long nothing may be sent */
  constructor(
    private readonly format: StreamFormat,
    heartbeatMs: number,
  ) {
    super({ highWaterMark: MAX_UNSENT_BYTES });
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    this.push(format.opening);
  }

  /** Carries the results of a subscription from now on. */
  carry(delivery: ResultDelivery): void {
    if (this.#ended) {
      delivery.stop();
      return;
    }
    this.#delivery = delivery;
    delivery.start();
  }

  readonly send = (payload: EncodedResult): Promise<void> | null => {
    if (this.#ended) return null;
    this.#cursor = payload.cursor;
    this.#heartbeat.refresh();
    if (this.push(payload.encoded(this.format.result))) return null;
    return new Promise((resolve) => (this.#taken = resolve));
  };

  end(error: GraphQLError | null): void {
    if (error !== null) this.#only({ errors: [error] });
    this.#end(this.format.closing);
  }

  /** Ends it with its only result. */
  answer(result: ExecutionResult): void {
    this.#only(result);
    this.#end(this.format.closing);
  }

  /**
   * Ends it with a reason that is about the connection and not about the operation. What has not been sent yet is left for when the client reconnects; where all has been sent, the
   * reason holds the cursor to resume after.
   */
  endBecause(reason: GraphQLFormattedError): void {
    this.#end(this.format.goodbye(withCursor(reason, this.#delivery?.bookmark ?? null)));
  }

  override _read(): void {
    const taken = this.#taken;
    this.#taken = null;
    taken?.();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#stop();
    callback(error);
  }

  #beat(): void {
    // A client that does not read what is there already needs no further heartbeat.
    if (this.readableLength > 0) return;
    const bookmark = this.#delivery?.bookmark ?? null;
    const moved = bookmark === this.#cursor ? null : bookmark;
    this.#cursor = bookmark ?? this.#cursor;
    this.push(this.format.heartbeat(moved));
  }

  #only(result: ExecutionResult): void {
    if (!this.#ended) this.push(new EncodedResult(JSON.stringify(result)).encoded(this.format.result));
  }

  #end(last: string): void {
    if (this.#ended) return;
    this.#stop();
    this.push(last);
    this.push(null);
  }

  #stop(): void {
    this.#ended = true;
    clearInterval(this.#heartbeat);
    this.#delivery?.stop();
    this._read();
  }
}
