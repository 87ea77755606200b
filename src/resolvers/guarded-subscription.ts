import { noSuchConversation } from '../context.js';
import type { Deliveries, Delivery, EventRights, RequestContext, Taker, Verdict } from '../context.js';

/** A subscription's deliveries for as long as the viewer may have them: each is looked at before it is handed out. */
export class GuardedSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly rights: EventRights,
    private readonly context: RequestContext,
  ) {}

  async next(): Promise<IteratorResult<Delivery>> {
    const next = await this.source.next();
    if (next.done === true) return next;
    const verdict = this.rights.on(next.value.event);
    return verdict === 'YES' ? next : this.#judged(next, verdict);
  }

  handTo(taker: Taker): void {
    this.source.handTo({
      take: (delivery) => {
        const verdict = this.rights.on(delivery.event);
        return verdict === 'YES' ? taker.take(delivery) : this.#handOver(delivery, verdict, taker);
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

  async #judged(next: IteratorResult<Delivery>, asked: Verdict | Promise<Verdict>): Promise<IteratorResult<Delivery>> {
    try {
      await this.#require(asked);
      return next;
    } catch (error) {
      await this.source.return();
      throw error;
    }
  }

  async #handOver(delivery: Delivery, asked: Verdict | Promise<Verdict>, taker: Taker): Promise<void> {
    await this.#require(asked);
    await taker.take(delivery);
  }

  async #require(asked: Verdict | Promise<Verdict>): Promise<void> {
    const verdict = await asked;
    if (verdict !== 'YES') throw verdict === 'EXPIRED' ? this.context.expired() : noSuchConversation();
  }
}
