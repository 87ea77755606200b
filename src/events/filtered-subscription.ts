import type { Deliveries, Delivery, Taker } from './event-log.js';

/** A subscription's deliveries that are wanted, in the same order. Looks at one at a time; a look that fails ends it, and a resume looks again. */
export class FilteredSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly wants: (delivery: Delivery) => Promise<boolean>,
  ) {}

  async next(): Promise<IteratorResult<Delivery>> {
    for (;;) {
      const next = await this.source.next();
      if (next.done === true || (await this.#isWanted(next.value))) return next;
    }
  }

  handTo(taker: Taker): void {
    this.source.handTo({
      take: async (delivery) => {
        if (await this.wants(delivery)) await taker.take(delivery);
      },
      end: (error) => taker.end(error),
    });
  }

  async return(): Promise<IteratorResult<Delivery>> {
    await this.source.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #isWanted(delivery: Delivery): Promise<boolean> {
    try {
      return await this.wants(delivery);
    } catch (error) {
      await this.source.return();
      throw error;
    }
  }
}
