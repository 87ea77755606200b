import type { EventLog, LogSubscription, Delivery } from '../../../src/events/event-log.js';

/** A log under test, with a clock that stands still unless it is moved. */
export interface LogUnderTest {
  readonly log: EventLog;
  readonly clock: { now: number };
  /** Closes the log and opens the same one again. */
  reopen(): Promise<EventLog>;
  /** Opens another, empty log. */
  another(): Promise<EventLog>;
  /** Closes all that was opened and removes what was stored. */
  dispose(): Promise<void>;
}

export interface OpenOptions {
  /** How many live events may wait for one subscriber. */
  readonly queueLimit?: number;
}

export type OpenLog = (options?: OpenOptions) => Promise<LogUnderTest>;

/** Gives an opener whose logs are disposed of after each test. */
export function disposing(open: OpenLog): OpenLog {
  const opened: LogUnderTest[] = [];
  afterEach(async () => {
    for (const under of opened.splice(0)) await under.dispose();
  });
  return async (options) => {
    const under = await open(options);
    opened.push(under);
    return under;
  };
}

/** The next `count` deliveries. */
export async function take(subscription: LogSubscription, count: number): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  while (deliveries.length < count) {
    const { done, value } = await subscription.next();
    if (done === true) throw new Error(`The subscription ended after ${deliveries.length} of ${count} events.`);
    deliveries.push(value);
  }
  return deliveries;
}

export const idsOf = (events: readonly { readonly event: { readonly id: string } }[]): string[] => events.map(({ event }) => event.id);
