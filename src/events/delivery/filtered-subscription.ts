import type { Deliveries, DeliverySink } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';
import { PulledDeliveries } from './pulled-deliveries.js';

/**
 * Filters a subscription's deliveries, in order and one at a time. A filter that throws or rejects ends the subscription; a resume
 * evaluates the event again.
 */
export class FilteredSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly wants: (delivery: Delivery) => boolean | Promise<boolean>,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(sink: DeliverySink): void {
    this.source.pipeTo({
      write: (delivery) => {
        const isWanted = this.wants(delivery);
        if (typeof isWanted === 'boolean') return isWanted ? sink.write(delivery) : null;
        return isWanted.then((wanted) => (wanted ? (sink.write(delivery) ?? undefined) : undefined));
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
}
