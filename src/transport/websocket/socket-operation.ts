import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { MessageType } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Writable } from 'node:stream';
import { createNextSender } from './encode-next-frame.js';
import type { EncodedResult, SendNext } from './encode-next-frame.js';
import { withCursor } from '../execution/end-reasons.js';
import type { ResultDelivery, ResultSink } from '../execution/result-delivery.js';
import type { WriteBatcher } from '../scheduling/write-batcher.js';

/** What operations of one socket write to. */
export interface OperationWire {
  readonly socket: WebSocket;
  readonly tcp: Writable;
  readonly writes: WriteBatcher;
}

/** One operation of a socket, from its `subscribe` message to its end. Once it is over it sends nothing. */
export class SocketOperation implements ResultSink {
  readonly #sendResult: SendNext;
  #delivery: ResultDelivery | null = null;
  #isOver = false;
  /** The last cursor sent. */
  #cursor: string | null = null;

  /** @param onOver called once, when it is over and its id is free again */
  constructor(
    readonly id: string,
    private readonly wire: OperationWire,
    private readonly onOver: () => void,
  ) {
    this.#sendResult = createNextSender(wire.socket, wire.tcp, id, wire.writes);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The cursor that it has moved on to without a result, once; null where it has not. */
  newBookmark(): string | null {
    const cursor = this.#delivery?.bookmark ?? null;
    if (cursor === null || cursor === this.#cursor) return null;
    this.#cursor = cursor;
    return cursor;
  }

  /** Carries the results of a subscription from now on. */
  carry(delivery: ResultDelivery): void {
    if (this.#isOver) {
      delivery.stop();
      return;
    }
    this.#delivery = delivery;
    delivery.start();
  }

  readonly send = (payload: EncodedResult): Promise<void> | null => {
    if (this.#isOver) return null;
    this.#cursor = payload.cursor;
    return this.#sendResult(payload);
  };

  end(error: GraphQLError | null): void {
    if (error === null) this.#finish({ type: MessageType.Complete });
    else this.reject([error]);
  }

  /** Ends it with its only result. */
  answer(result: ExecutionResult): void {
    this.#write({ type: MessageType.Next, payload: result });
    this.#finish({ type: MessageType.Complete });
  }

  /** Ends it with errors instead of a result. */
  reject(errors: readonly GraphQLError[]): void {
    this.#finish({ type: MessageType.Error, payload: errors });
  }

  /**
   * Ends a subscription with a reason that is about its socket: its last result, as `SubscriptionStream.endBecause` has it over HTTP. Routers pass results on, and
   * replace an `error` message by one of their own.
   */
  endBecause(reason: GraphQLFormattedError): void {
    if (this.#isOver || this.#delivery === null) return;
    const error = withCursor(reason, this.#delivery.bookmark);
    this.#delivery.stop();
    this.#write({ type: MessageType.Next, payload: { errors: [error] } });
    this.#finish({ type: MessageType.Complete });
  }

  /** The client wants no more of it, or is gone. */
  stop(): void {
    if (this.#isOver) return;
    this.#over();
    this.#delivery?.stop();
  }

  #finish(message: object): void {
    this.#write(message);
    if (!this.#isOver) this.#over();
  }

  #write(message: object): void {
    const { socket } = this.wire;
    if (!this.#isOver && socket.readyState === socket.OPEN) socket.send(JSON.stringify({ id: this.id, ...message }));
  }

  #over(): void {
    this.#isOver = true;
    this.onOver();
  }
}
