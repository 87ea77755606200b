import type { Deliveries, DeliverySink } from '../port/log-subscription.js';
import type { Delivery } from '../port/stored-event.js';
import { PulledDeliveries } from './pulled-deliveries.js';

/** A subscription whose end is observed, whoever ends it. */
export class ObservedSubscription implements Deliveries {
  /** @param onEnd called once or more */
  constructor(
    private readonly source: Deliveries,
    private readonly onEnd: () => void,
  ) {}

  get bookmark(): string | null {
    return this.source.bookmark;
  }

  pipeTo(sink: DeliverySink): void {
    this.source.pipeTo({
      write: (delivery) => sink.write(delivery),
      end: (error) => {
        this.onEnd();
        sink.end(error);
      },
    });
  }

  return(): Promise<IteratorResult<Delivery>> {
    this.onEnd();
    return this.source.return();
  }

  [Symbol.asyncIterator](): AsyncIterator<Delivery> {
    return new PulledDeliveries(this);
  }
}
