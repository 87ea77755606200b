import { PulledDeliveries, noSuchConversation } from '../context/request-context.js';
import type { Deliveries, Delivery, EventRights, RequestContext, Taker, Verdict } from '../context/request-context.js';

/** A subscription's deliveries for as long as the viewer may have them: each is looked at before it is handed out. */
export class GuardedSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly rights: EventRights,
    private readonly context: RequestContext,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(taker: Taker): void {
    this.source.pipeTo({
      write: (delivery) => {
        const verdict = this.rights.authorize(delivery.event);
        return verdict === 'YES' ? taker.write(delivery) : this.#handOver(delivery, verdict, taker);
      },
      end: (error) => taker.end(error),
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    return this.source.return();
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    return new PulledDeliveries(this);
  }

  async #handOver(delivery: Delivery, asked: Verdict | Promise<Verdict>, taker: Taker): Promise<void> {
    await this.#require(asked);
    await taker.write(delivery);
  }

  async #require(asked: Verdict | Promise<Verdict>): Promise<void> {
    const verdict = await asked;
    if (verdict !== 'YES') throw verdict === 'EXPIRED' ? this.context.onTokenExpired() : noSuchConversation();
  }
}
