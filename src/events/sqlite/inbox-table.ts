import { authorClass } from '../../domain/inbox-reader.js';
import type { AuthorClass } from '../../domain/inbox-reader.js';
import { foldSummary, isActivity, isStateEvent, parseSummary } from '../../domain/inbox-summary.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { STATE_EVENT_TYPES } from '../../domain/projection.js';
import type { EventType } from '../../domain/event.js';
import { decodeEvent } from '../port/event-codec.js';
import { numberOf } from './conversations.js';
import type { Driver } from './driver.js';
import type { NewEvent, OperationInput } from './worker-protocol.js';

const STATE_TYPES: ReadonlySet<EventType> = new Set(STATE_EVENT_TYPES);

/** Parameters: conversation, position, received, 1 for a message, 1 for one by the customer, 1 for one by the bot, state, customer, shown, folded. */
const RECORD = `
  INSERT INTO inbox (conversation, activity, active, messages, by_customer, by_bot, state, customer, shown, folded)
  VALUES (${numberOf('?1')}, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
  ON CONFLICT (conversation) DO UPDATE SET activity = ?2, active = ?3, messages = messages + ?4, by_customer = by_customer + ?5,
    by_bot = by_bot + ?6, state = coalesce(?7, state), customer = coalesce(?8, customer), shown = coalesce(?9, shown),
    folded = coalesce(?10, folded)`;

/** The same for an event that changes no summary, in a row that is there. Parameters: as far as it uses them. */
const COUNT = `
  UPDATE inbox SET activity = ?2, active = ?3, messages = messages + ?4, by_customer = by_customer + ?5, by_bot = by_bot + ?6
  WHERE conversation = ${numberOf('?1')}`;

/** Brings a conversation's row up to date with an event just stored at a position. */
export function recordActivity(driver: Driver, event: NewEvent, position: number): void {
  const { conversationId, type, receivedAt, author = null, json } = event;
  if (conversationId === null || !isActivity(type)) return;
  const counted = [conversationId, position, receivedAt, ...counts(author)] as const;
  const isStateChange = STATE_TYPES.has(type);
  if (!isStateChange && driver.run(COUNT, ...counted).changes > 0) return;
  const summary = isStateChange ? addToSummary(storedSummary(driver, conversationId), json) : null;
  driver.run(RECORD, ...counted, ...columnsOf(summary));
}

const counts = (author: AuthorClass | null): [number, number, number] => [
  author === null ? 0 : 1,
  author === 'CUSTOMER' ? 1 : 0,
  author === 'BOT' ? 1 : 0,
];

function columnsOf(summary: InboxSummary | null): (string | null)[] {
  if (summary === null) return [null, null, null, null];
  const { shown, folded } = summary;
  return [shown.state, shown.customer?.customerId ?? null, JSON.stringify(shown), JSON.stringify(folded)];
}

interface Summarized {
  readonly shown: string | null;
  readonly folded: string | null;
}

function storedSummary(driver: Driver, conversationId: string): InboxSummary | null {
  const row = driver.row(`SELECT shown, folded FROM inbox WHERE conversation = ${numberOf('?')}`, conversationId) as Summarized | undefined;
  return row === undefined || row.shown === null || row.folded === null ? null : parseSummary(row.shown, row.folded);
}

function addToSummary(summary: InboxSummary | null, json: string): InboxSummary | null {
  const event = decodeEvent(json);
  return isStateEvent(event) ? foldSummary(summary, event) : summary;
}

/** Takes a conversation out of the inbox, with its markers. */
export function removeFromInbox(driver: Driver, conversation: number): void {
  driver.run('DELETE FROM inbox WHERE conversation = ?', conversation);
  driver.run('DELETE FROM markers WHERE conversation = ?', conversation);
}

/** Takes those of the conversations out of the inbox that have no events any more. */
export function removeEmptyFromInbox(driver: Driver, conversations: Iterable<number>): void {
  const numbers = JSON.stringify([...conversations]);
  for (const table of ['inbox', 'markers'])
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

/** Makes a conversation's row anew from the events that are stored. */
export function rebuildInboxRow(driver: Driver, conversation: number): void {
  let [activity, active, summary]: [number, number, InboxSummary | null] = [0, 0, null];
  const total: [number, number, number] = [0, 0, 0];
  for (let after = 0, more = true; more;) {
    const rows = driver.rows(
      'SELECT seq, type, received, json FROM events WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?',
      conversation,
      after,
      CHUNK,
    ) as EventRow[];
    for (const { seq, type, received, json } of rows) {
      after = seq;
      if (!isActivity(type)) continue;
      [activity, active] = [seq, received];
      if (STATE_TYPES.has(type)) summary = addToSummary(summary, json);
      for (const [index, count] of counts(type === 'MESSAGE_ADDED' ? authorClass(decodeEvent(json)) : null).entries())
        total[index] = (total[index] ?? 0) + count;
    }
    more = rows.length === CHUNK;
  }
  driver.run('DELETE FROM inbox WHERE conversation = ?', conversation);
  if (activity === 0) return;
  driver.run(
    `INSERT INTO inbox (conversation, activity, active, messages, by_customer, by_bot, state, customer, shown, folded)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[conversation, activity, active, ...total, ...columnsOf(summary)],
  );
}

/** Stores a read marker unless it is there or beyond already; not if the conversation is not in the inbox. */
export function storeMarker(driver: Driver, { conversationId, reader, position, seen }: OperationInput<'storeMarker'>): null {
  driver.run(
    `INSERT INTO markers (conversation, reader, position, seen)
     SELECT conversation, ?2, ?3, ?4 FROM inbox WHERE conversation = ${numberOf('?1')}
     ON CONFLICT (conversation, reader) DO UPDATE SET position = ?3, seen = max(seen, ?4) WHERE position < ?3`,
    conversationId,
    reader,
    position,
    seen,
  );
  return null;
}
