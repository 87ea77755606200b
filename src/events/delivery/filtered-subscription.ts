import type { Deliveries, Delivery, DeliverySink } from '../port/event-log.js';
import { PulledDeliveries } from './pulled-deliveries.js';

/** A subscription's deliveries that are wanted, in the same order. Looks at one at a time; a look that fails ends it, and a resume looks again. */
export class FilteredSubscription implements Deliveries {
  constructor(
    private readonly source: Deliveries,
    private readonly wants: (delivery: Delivery) => Promise<boolean>,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(taker: DeliverySink): void {
    this.source.pipeTo({
      write: async (delivery) => {
        if (await this.wants(delivery)) await taker.write(delivery);
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
}
