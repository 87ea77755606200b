import type { ConversationEvent } from '../../../src/domain/event.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { LogSubscription } from '../../../src/events/port/log-subscription.js';
import type { Appended, Delivery } from '../../../src/events/port/stored-event.js';

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
  readonly retryHorizonMs?: number;
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

/** Appends events, each while the log's clock shows the time at which it was received; then the clock is as before. */
export async function appendWhenReceived(
  { clock }: LogUnderTest,
  log: EventLog,
  events: readonly ConversationEvent[],
): Promise<Appended[]> {
  const { now } = clock;
  const appended: Appended[] = [];
  for (const event of events) {
    clock.now = event.receivedAt.getTime();
    appended.push(await log.append(event));
  }
  clock.now = now;
  return appended;
}

/** The same for many that were received at one time. */
export async function appendAllAt({ log, clock }: LogUnderTest, time: number, events: readonly ConversationEvent[]): Promise<void> {
  const { now } = clock;
  clock.now = time;
  await Promise.all(events.map((event) => log.append(event)));
  clock.now = now;
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
