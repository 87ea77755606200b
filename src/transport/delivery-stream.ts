import type { ExecutionResult } from 'graphql';
import { SlowConsumerError } from '../context.js';
import type { Delivery } from '../context.js';

/**
 * The results of a subscription: each event of `source` executed, one at a time, in order. Written out rather than as an async generator, whose `return()`
 * waits for the event that it is waiting for.
 */
export class DeliveryStream implements AsyncGenerator<ExecutionResult, void> {
  readonly #source: AsyncIterator<Delivery>;

  constructor(
    source: AsyncIterable<Delivery>,
    private readonly toResult: (delivery: Delivery) => Promise<ExecutionResult>,
    private readonly toError: (error: unknown) => Error,
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    try {
      const next = await this.#source.next();
      return next.done === true ? { done: true, value: undefined } : { done: false, value: await this.toResult(next.value) };
    } catch (error) {
      await this.return();
      // Told by closing the connection, not by an error that waits behind all that the client has not read.
      if (error instanceof SlowConsumerError) return { done: true, value: undefined };
      throw this.toError(error);
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>> {
    await this.#source.return?.();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
