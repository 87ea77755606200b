import type { ExecutionResult } from 'graphql';
import { SlowConsumerError } from '../context.js';
import type { Deliveries, Delivery, Taker } from '../context.js';
import type { Payload, SendResult } from './next-messages.js';
import type { Turns } from './turns.js';

/** Events read back that are sent in one turn. */
const EVENTS_IN_A_TURN = 25;

type Done = IteratorReturnResult<void>;
const DONE: Done = { done: true, value: undefined };

interface Outcome {
  resolve(result: Done): void;
  reject(error: Error): void;
}

/**
 * Takes a subscription's events and sends them by itself, in order, and the next one only when the client has taken the last. To graphql-ws it is a stream that ends when the
 * subscription does and never gives anything: its own way of sending would serialise each result anew for every subscriber. Nothing of an event is held once it is sent: what
 * thousands of subscribers hold for longer than a moment is copied by the garbage collector again and again.
 */
export class SocketDeliveries implements AsyncGenerator<ExecutionResult, void>, Taker {
  #all: Promise<Done> | null = null;
  #outcome: Outcome | null = null;
  #ended = false;
  #leftInTurn = 0;

  constructor(
    private readonly source: Deliveries,
    private readonly payloadOf: (delivery: Delivery) => Payload | Promise<Payload>,
    private readonly send: SendResult,
    private readonly toError: (error: unknown) => Error,
    private readonly turns: Turns,
  ) {}

  /** Done when the subscription is. */
  next(): Promise<Done> {
    this.#all ??= new Promise((resolve, reject) => {
      this.#outcome = { resolve, reject };
      this.source.handTo(this);
    });
    return this.#all;
  }

  take(delivery: Delivery): Promise<void> | null {
    if (!delivery.replayed) return this.#deliver(delivery);
    if (this.#leftInTurn === 0) return this.#inTurn(delivery);
    this.#leftInTurn -= 1;
    return this.#deliver(delivery);
  }

  end(error: Error | null): void {
    this.#ended = true;
    // Being too slow is told by closing the socket, not by an error that waits behind all that the client has not read.
    if (error === null || error instanceof SlowConsumerError) this.#outcome?.resolve(DONE);
    else this.#outcome?.reject(this.toError(error));
  }

  async return(): Promise<Done> {
    this.#ended = true;
    await this.source.return();
    return DONE;
  }

  async throw(error: unknown): Promise<Done> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  /** Thousands may come back at once, each with much to catch up on: live events of others must get through between them. */
  async #inTurn(delivery: Delivery): Promise<void> {
    await this.turns.next();
    this.#leftInTurn = EVENTS_IN_A_TURN - 1;
    await this.#deliver(delivery);
  }

  #deliver(delivery: Delivery): Promise<void> | null {
    const made = this.payloadOf(delivery);
    return made instanceof Promise ? this.#sendLater(made) : this.#send(made);
  }

  async #sendLater(made: Promise<Payload>): Promise<void> {
    await this.#send(await made);
  }

  /** The client may have said meanwhile that it wants no more. */
  #send(payload: Payload): Promise<void> | null {
    return this.#ended ? null : this.send(payload);
  }
}
