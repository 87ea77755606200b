import { authorClass } from '../../domain/inbox-reader.js';
import { foldSummary, isActivity, isStateEvent } from '../../domain/inbox-summary.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { STATE_EVENT_TYPES } from '../../domain/projection.js';
import type { StateEvent } from '../../domain/projection.js';
import type { EventType } from '../../domain/event.js';
import { decodeEvent } from '../port/event-codec.js';
import { numberOf } from './conversations.js';
import type { Driver } from './driver.js';
import { storeSummary } from './inbox-summaries.js';
import type { OperationInput } from './worker-protocol.js';

/** Events that have to be decoded for a row. */
const DECODED: ReadonlySet<EventType> = new Set<EventType>(['MESSAGE_ADDED', ...STATE_EVENT_TYPES]);

/** The tables with rows of a conversation, which leave with it. */
const TABLES = ['inbox', 'summaries', 'markers'] as const;

/** Takes a conversation out of the inbox, with its markers. */
export function removeFromInbox(driver: Driver, conversation: number): void {
  for (const table of TABLES) driver.run(`DELETE FROM ${table} WHERE conversation = ?`, conversation);
}

/** Takes those of the conversations out of the inbox that have no events any more. */
export function removeEmptyFromInbox(driver: Driver, conversations: Iterable<number>): void {
  const numbers = JSON.stringify([...conversations]);
  for (const table of TABLES)
    driver.run(
      `DELETE FROM ${table} WHERE conversation IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM events WHERE conversation = ${table}.conversation)`,
      numbers,
    );
}

/** Events read at a time. */
const CHUNK = 500;

interface EventRow {
  readonly seq: number;
  readonly type: EventType;
  readonly received: number;
  readonly json: string;
}

/** Makes a conversation's rows anew from the events that are stored. Its markers stay. */
export function rebuildInboxRow(driver: Driver, conversation: number): void {
  let [activity, active, summary]: [number, number, InboxSummary | null] = [0, 0, null];
  const count = { messages: 0, CUSTOMER: 0, BOT: 0, OTHER: 0 };
  for (let after = 0, more = true; more;) {
    const rows = driver.rows(
      'SELECT seq, type, received, json FROM events WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?',
      conversation,
      after,
      CHUNK,
    ) as EventRow[];
    const changes: StateEvent[] = [];
    for (const { seq, type, received, json } of rows) {
      after = seq;
      if (!isActivity(type)) continue;
      [activity, active] = [seq, received];
      if (!DECODED.has(type)) continue;
      const event = decodeEvent(json);
      if (isStateEvent(event)) changes.push(event);
      const author = authorClass(event);
      if (author === null) continue;
      count.messages += 1;
      count[author] += 1;
    }
    if (changes.length > 0) summary = foldSummary(summary, changes);
    more = rows.length === CHUNK;
  }
  for (const table of ['inbox', 'summaries']) driver.run(`DELETE FROM ${table} WHERE conversation = ?`, conversation);
  if (activity === 0) return;
  driver.run(
    `INSERT INTO inbox (conversation, activity, active, messages, by_customer, by_bot, customer, customer_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[conversation, activity, active, count.messages, count.CUSTOMER, count.BOT],
    ...[summary?.shown.customer?.customerId ?? null, summary?.folded.customerAt ?? null],
  );
  if (summary !== null) storeSummary(driver, conversation, summary);
}

/**
 * Stores a read marker unless it is there or beyond already; not if the conversation is not in the inbox. It counts no more messages than there are: the conversation may have been
 * erased, and have begun again, since they were counted.
 */
export function storeMarker(driver: Driver, { conversationId, reader, position, seen }: OperationInput<'storeMarker'>): null {
  driver.run(
    `INSERT INTO markers (conversation, reader, position, seen)
     SELECT conversation, ?2, ?3, min(?4, messages) FROM inbox WHERE conversation = ${numberOf('?1')}
     ON CONFLICT (conversation, reader) DO UPDATE SET position = excluded.position, seen = max(seen, excluded.seen) WHERE position < excluded.position`,
    conversationId,
    reader,
    position,
    seen,
  );
  return null;
}
