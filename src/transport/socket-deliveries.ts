import type { Writable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import { SlowConsumerError } from '../context.js';
import type { Delivery } from '../context.js';
import type { Turns } from './turns.js';

/** How much may be on its way to a client before its next event waits. */
const MAX_UNSENT_BYTES = 65_536;
/** Events read back that are sent in one turn. */
const EVENTS_IN_A_TURN = 25;

/** Sends the JSON of one result. Null: it is on its way; a promise: resolves when the client has taken what was before it. */
export interface SendResult {
  (payload: string): Promise<void> | null;
  /** What is sent from now to the end of this turn of the event loop goes to the kernel in one. */
  gather(): void;
}

/** Sends results of the operation `id` as `next` messages of the `graphql-transport-ws` protocol, with no more work than to put a ready text into one. */
export function resultsTo(socket: WebSocket, wire: Writable, id: string): SendResult {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const send = (payload: string): Promise<void> | null => {
    if (socket.readyState !== socket.OPEN) return null;
    let flushed: (() => void) | null = null;
    socket.send(`${head}${payload}}`, () => flushed?.());
    // Taken by the kernel at once, as nearly always, or soon.
    if (socket.bufferedAmount < MAX_UNSENT_BYTES) return null;
    return new Promise((resolve) => {
      flushed = resolve;
    });
  };
  const gather = () => {
    wire.cork();
    process.nextTick(() => wire.uncork());
  };
  return Object.assign(send, { gather });
}

/**
 * Sends a subscription's results by itself, each event of `source` in order, and the next one only when the client has taken the last. To graphql-ws it is a stream that ends
 * when the subscription does and never gives anything: its own way of sending would serialise each result anew for every subscriber.
 */
export class SocketDeliveries implements AsyncGenerator<ExecutionResult, void> {
  readonly #source: AsyncIterator<Delivery>;
  #ended = false;
  #leftInTurn = 0;

  constructor(
    source: AsyncIterable<Delivery>,
    private readonly textOf: (delivery: Delivery) => string | Promise<string>,
    private readonly send: SendResult,
    private readonly toError: (error: unknown) => Error,
    private readonly turns: Turns,
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorReturnResult<void>> {
    try {
      await this.#sendAll();
      return { done: true, value: undefined };
    } catch (error) {
      await this.return();
      // Told by closing the socket, not by an error that waits behind all that the client has not read.
      if (error instanceof SlowConsumerError) return { done: true, value: undefined };
      throw this.toError(error);
    }
  }

  async return(): Promise<IteratorReturnResult<void>> {
    this.#ended = true;
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorReturnResult<void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Until the source ends, or nobody wants any more. */
  async #sendAll(): Promise<void> {
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return;
      if (next.value.replayed) await this.#turn();
      const text = this.textOf(next.value);
      const payload = typeof text === 'string' ? text : await text;
      // The client may have said that it wants no more.
      if (this.#ended) return;
      const flushed = this.send(payload);
      if (flushed !== null) await flushed;
    }
  }

  /** Thousands may come back at once, each with much to catch up on: live events of others must get through between them. */
  async #turn(): Promise<void> {
    if (this.#leftInTurn === 0) {
      await this.turns.next();
      this.#leftInTurn = EVENTS_IN_A_TURN;
      this.send.gather();
    }
    this.#leftInTurn -= 1;
  }
}
