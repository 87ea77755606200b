import { conversationNotFound } from '../context/conversation-not-found.js';
import { PulledDeliveries } from '../events/delivery/pulled-deliveries.js';
import type { Decision, EventAuthorizer } from '../auth/event-authorization.js';
import type { RequestContext } from '../context/request-context.js';
import type { Deliveries, Delivery, DeliverySink } from '../events/port/event-log.js';

/** A subscription's deliveries for as long as the viewer may have them: each is looked at before it is handed out. */
export class GuardedSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly rights: EventAuthorizer,
    private readonly context: RequestContext,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(taker: DeliverySink): void {
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

  async #handOver(delivery: Delivery, asked: Decision | Promise<Decision>, taker: DeliverySink): Promise<void> {
    await this.#require(asked);
    await taker.write(delivery);
  }

  async #require(asked: Decision | Promise<Decision>): Promise<void> {
    const verdict = await asked;
    if (verdict !== 'YES') throw verdict === 'EXPIRED' ? this.context.onTokenExpired() : conversationNotFound();
  }
}
