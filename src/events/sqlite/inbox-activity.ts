import type { EventType } from '../../domain/event.js';
import { isActivity } from '../../domain/inbox-summary.js';
import { STATE_EVENT_TYPES } from '../../domain/projection.js';
import type { Driver } from './driver.js';
import { SELECT_LONG_LISTS } from './inbox-schema.js';
import { updateSummaries } from './inbox-summaries.js';
import type { NewEvent } from './worker-protocol.js';

const STATE_TYPES: ReadonlySet<EventType> = new Set(STATE_EVENT_TYPES);

/** What events of the running transaction change in a conversation's row. */
interface Activity {
  /** Position of the last of them, and when it was received. */
  seq: number;
  received: number;
  messages: number;
  byCustomer: number;
  byBot: number;
  /** Positions of state events. */
  unfolded: string | null;
  /** The customer that they report (its id), and when the last report happened. */
  customer: string | null;
  customerAt: number | null;
}

/** By connection and conversation: what has been stored and is not in the inbox yet. */
const pending = new WeakMap<Driver, Map<string, Activity>>();

/** Notes an event just stored at a position. The conversation's row is brought up to date by `flushActivity`, in the same transaction. */
export function recordActivity(driver: Driver, event: NewEvent, position: number): void {
  const { conversationId, type, occurredAt, receivedAt, author = null, reported } = event;
  if (conversationId === null || !isActivity(type)) return;
  let activities = pending.get(driver);
  if (activities === undefined) pending.set(driver, (activities = new Map<string, Activity>()));
  let activity = activities.get(conversationId);
  if (activity === undefined) {
    activity = { seq: 0, received: 0, messages: 0, byCustomer: 0, byBot: 0, unfolded: null, customer: null, customerAt: null };
    activities.set(conversationId, activity);
  }
  [activity.seq, activity.received] = [position, receivedAt];
  if (author !== null) activity.messages += 1;
  if (author === 'CUSTOMER') activity.byCustomer += 1;
  if (author === 'BOT') activity.byBot += 1;
  if (reported !== undefined && occurredAt >= (activity.customerAt ?? -Infinity))
    [activity.customer, activity.customerAt] = [reported, occurredAt];
  if (STATE_TYPES.has(type)) activity.unfolded = activity.unfolded === null ? String(position) : `${activity.unfolded},${position}`;
}

const IS_LATER = 'customer_at IS NULL OR customer_at <= excluded.customer_at';

const CHANGE_CUSTOMER = `, customer = CASE WHEN ${IS_LATER} THEN excluded.customer ELSE customer END,
    customer_at = CASE WHEN ${IS_LATER} THEN excluded.customer_at ELSE customer_at END`;

/** SQL: changes the rows of conversations. Parameter: JSON, an array of `[seq, received, messages, byCustomer, byBot, unfolded]`, with reports `customer, customerAt` as well. */
const flush = (reports: boolean): string => `
  INSERT INTO inbox (conversation, activity, active, messages, by_customer, by_bot, unfolded${reports ? ', customer, customer_at' : ''})
  SELECT e.conversation, e.seq, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5${reports ? ', value ->> 6, value ->> 7' : ''}
  FROM json_each(?) CROSS JOIN events e ON e.seq = value ->> 0 WHERE true
  ON CONFLICT (conversation) DO UPDATE SET activity = excluded.activity, active = excluded.active, messages = messages + excluded.messages,
    by_customer = by_customer + excluded.by_customer, by_bot = by_bot + excluded.by_bot,
    unfolded = CASE WHEN excluded.unfolded IS NULL THEN unfolded ELSE coalesce(unfolded || ',', '') || excluded.unfolded END
    ${reports ? CHANGE_CUSTOMER : ''}`;
/** Without the customer where no event reports one: an index depends on it. */
const [FLUSH, FLUSH_REPORTS] = [flush(false), flush(true)];

/**
 * Brings the inbox up to date with what was stored since the last call. All conversations together: to call the driver takes longer
 * than to change a row. Summaries are left to who reads them.
 */
export function flushActivity(driver: Driver): void {
  const activities = pending.get(driver);
  if (activities === undefined) return;
  pending.delete(driver);
  const all = [...activities.values()];
  const [without, reports] = [all.filter(({ customerAt }) => customerAt === null), all.filter(({ customerAt }) => customerAt !== null)];
  if (without.length > 0) driver.run(FLUSH, JSON.stringify(without.map(toRow)));
  if (reports.length > 0)
    driver.run(FLUSH_REPORTS, JSON.stringify(reports.map((each) => [...toRow(each), each.customer, each.customerAt])));
  if (all.every(({ unfolded }) => unfolded === null)) return;
  const long = driver.rows(SELECT_LONG_LISTS) as { conversation: number }[];
  if (long.length === 0) return;
  updateSummaries(
    driver,
    long.map(({ conversation }) => conversation),
  );
}

const toRow = ({ seq, received, messages, byCustomer, byBot, unfolded }: Activity) => [
  ...[seq, received, messages, byCustomer, byBot],
  unfolded,
];

/** Forgets what was stored in a transaction that is rolled back. */
export function discardActivity(driver: Driver): void {
  pending.delete(driver);
}
