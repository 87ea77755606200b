import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import type { Driver, SqlValue } from './driver.js';
import { selectIdentityRows } from './identity-rows.js';
import { toListedId } from './known-identities.js';
import type { SerializedEvent } from './worker-protocol.js';

export interface EventRow {
  readonly seq: number;
  readonly json: string;
  readonly id: string;
  readonly conversation: number;
  /** Null unless it carries a message. */
  readonly occurred: number | null;
  readonly identity: string | null;
  readonly clientMessageId: string | null;
}

/** Events with the identities of their messages. */
export const SELECT_STORED_EVENTS = `
  SELECT e.seq, e.json, e.id, e.conversation, e.occurred, e.identity, e.client_message_id AS clientMessageId FROM events e`;

/** Reads events; `sql` starts with `SELECT_STORED_EVENTS`. */
export function selectStoredEvents(driver: Driver, sql: string, ...values: SqlValue[]): SerializedEvent[] {
  return withIdentities(driver, driver.rows(sql, ...values) as EventRow[]);
}

/** Rows of events with the identities of their messages. */
export function withIdentities(driver: Driver, rows: readonly EventRow[]): SerializedEvent[] {
  const listedIds = readListedIds(driver, rows);
  return rows.map((row) => ({ seq: row.seq, json: row.json, identity: toIdentity(row, listedIds) }));
}

function toIdentity({ id, occurred, identity, clientMessageId }: EventRow, listedIds: ReadonlyMap<string, string>): MessageIdentity | null {
  if (occurred === null) return null;
  if (identity !== null) return { id: identity, listedId: toListedId(identity), clientMessageId };
  return { id: `e${id}`, listedId: listedIds.get(id) ?? null, clientMessageId };
}

/** By event id: under which id history has listed the event's message since. */
function readListedIds(driver: Driver, events: readonly EventRow[]): ReadonlyMap<string, string> {
  const conversations = new Set<number>();
  let [from, to] = [Infinity, -Infinity];
  for (const { occurred, identity, conversation } of events) {
    if (occurred === null || identity !== null) continue;
    conversations.add(conversation);
    [from, to] = [Math.min(from, occurred), Math.max(to, occurred)];
  }
  const listedIds = new Map<string, string>();
  if (conversations.size === 0) return listedIds;
  // The planner would otherwise take the index by age, and read what was listed lately of all conversations.
  const rows = selectIdentityRows(
    driver,
    'INDEXED BY identities_by_time WHERE conversation IN (SELECT value FROM json_each(?)) AND waiting = 0 AND first <= ? AND last >= ?',
    JSON.stringify([...conversations]),
    to + CLOCK_TOLERANCE_MS,
    from - CLOCK_TOLERANCE_MS,
  );
  for (const { entries } of rows) {
    for (const { eventId, listedId } of entries) if (eventId !== null && listedId !== null) listedIds.set(eventId, listedId);
  }
  return listedIds;
}
