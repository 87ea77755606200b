import { conversationNotFound } from '../context/conversation-not-found.js';
import { PulledDeliveries } from '../events/delivery/pulled-deliveries.js';
import type { Decision, EventAuthorizer } from '../auth/event-authorization.js';
import type { RequestContext } from '../context/request-context.js';
import type { Deliveries, DeliverySink } from '../events/port/log-subscription.js';
import type { Delivery } from '../events/port/stored-event.js';

/** A subscription's deliveries for as long as the viewer may see them: each is authorized before it is written. */
export class GuardedSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly authorizer: EventAuthorizer,
    private readonly context: RequestContext,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(sink: DeliverySink): void {
    this.source.pipeTo({
      write: (delivery) => {
        const decision = this.authorizer.authorize(delivery.event);
        return decision === 'ALLOW' ? sink.write(delivery) : this.#writeWhenAllowed(delivery, decision, sink);
      },
      end: (error) => sink.end(error),
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    return this.source.return();
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    return new PulledDeliveries(this);
  }

  async #writeWhenAllowed(delivery: Delivery, pending: Decision | Promise<Decision>, sink: DeliverySink): Promise<void> {
    await this.#require(pending);
    await sink.write(delivery);
  }

  async #require(pending: Decision | Promise<Decision>): Promise<void> {
    const decision = await pending;
    if (decision !== 'ALLOW') throw decision === 'EXPIRED' ? this.context.onTokenExpired() : conversationNotFound();
  }
}
