import type { Deliveries, Delivery, DeliverySink } from '../port/event-log.js';
import { PulledDeliveries } from './pulled-deliveries.js';

/**
 * Filters a subscription's deliveries, in order and one at a time. A filter that rejects ends the subscription; a resume evaluates the
 * event again.
 */
export class FilteredSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly wants: (delivery: Delivery) => Promise<boolean>,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(sink: DeliverySink): void {
    this.source.pipeTo({
      write: async (delivery) => {
        if (await this.wants(delivery)) await sink.write(delivery);
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
