import type { ConversationState } from '../../domain/state.js';
import { MAX_EXAMINED } from '../port/inbox.js';
import { numberOf } from './conversations.js';
import type { Driver, SqlValue } from './driver.js';
import { completeSummary } from './inbox-summaries.js';
import type { StoredSummary } from './inbox-summaries.js';
import { withIdentities } from './stored-events.js';
import type { EventRow } from './stored-events.js';
import type { InboxRow, OperationInput, OperationResult } from './worker-protocol.js';

/** A row of the inbox, joined with its summary, and with its last message if one is stored. */
interface StoredRow extends Omit<InboxRow, 'lastMessage'>, Omit<StoredSummary, 'conversation'>, Omit<EventRow, 'seq' | 'json' | 'id'> {
  /** The conversation's. */
  readonly number: number;
  /** Null while no event has changed it. */
  readonly state: ConversationState | null;
  readonly seq: number | null;
  readonly json: string;
  readonly id: string;
}

/** How many summaries one call of a filter by state completes, some more or less: it delays what else the log has to do. */
const MAX_COMPLETED = 200;

const OWN = { CUSTOMER: 'by_customer', BOT: 'by_bot' } as const;

/** Rows as one reader sees them. The last message is the one that was written last; of two at the same time, the one stored last. */
const select = (author: keyof typeof OWN): string => `
  SELECT c.name AS conversationId, i.conversation AS number, i.activity, i.active, i.unfolded, s.state, s.shown,
    CASE WHEN i.unfolded IS NOT NULL THEN s.folded END AS folded, i.messages - i.${OWN[author]} AS others, m.position, m.seen,
    e.seq, e.json, e.id, e.conversation, e.occurred, e.identity, e.client_message_id AS clientMessageId
  FROM inbox i JOIN conversations c ON c.id = i.conversation LEFT JOIN summaries s ON s.conversation = i.conversation
  LEFT JOIN markers m ON m.conversation = i.conversation AND m.reader = ?
  LEFT JOIN events e ON e.seq = (SELECT seq FROM events WHERE conversation = i.conversation AND digest IS NOT NULL
    ORDER BY occurred DESC, seq DESC LIMIT 1)`;

/** Positions between which rows are read, and from which side. */
interface Range {
  readonly below: number;
  readonly above: number;
  readonly fromEnd: boolean;
}

/** A page of the inbox, newest first. */
export function inboxPage(driver: Driver, input: OperationInput<'inboxPage'>): OperationResult<'inboxPage'> {
  const { reader, author, limit, fromEnd, states, customerId, unreadOnly, among } = input;
  // By customer or conversation an index finds them.
  const isFiltered = customerId === null && among === null && (states !== null || unreadOnly);
  const range = { below: input.below ?? Number.MAX_SAFE_INTEGER, above: input.above ?? 0, fromEnd };
  const examined = isFiltered ? examine(driver, range) : null;
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const require = (condition: string, value: SqlValue) => {
    conditions.push(condition);
    values.push(value);
  };
  if (examined !== null) require(fromEnd ? 'i.activity <= ?' : 'i.activity >= ?', examined.last);
  if (states !== null)
    require(`(i.unfolded IS NOT NULL OR coalesce(s.state, 'UNKNOWN') IN (SELECT value FROM json_each(?)))`, JSON.stringify(states));
  if (customerId !== null) require('i.customer = ?', customerId);
  if (among !== null)
    require('i.conversation IN (SELECT id FROM conversations WHERE name IN (SELECT value FROM json_each(?)))', JSON.stringify(among));
  if (unreadOnly) conditions.push(`i.messages - i.${OWN[author]} > coalesce(m.seen, 0)`);
  const where = ['i.activity < ?', 'i.activity > ?', ...conditions].join(' AND ');
  const sql = `${select(author)} WHERE ${where} ORDER BY i.activity ${orderOf(range)} LIMIT ?`;
  const read = ({ below, above }: Range) => driver.rows(sql, reader, below, above, ...values, limit + 1) as StoredRow[];
  const { rows, last, incomplete } = findRows(driver, read, range, { limit, states });
  const next = last ?? (examined?.isEnd === false ? examined.last : null);
  if (fromEnd) rows.reverse();
  return { rows: withLastMessages(driver, rows), next, incomplete };
}

/** The first rows that `read` finds, with complete summaries. `last`: where to go on if there may be more. `incomplete`: whose summaries were not complete. */
function findRows(
  driver: Driver,
  read: (range: Range) => readonly StoredRow[],
  range: Range,
  { limit, states }: Pick<OperationInput<'inboxPage'>, 'limit' | 'states'>,
): { readonly rows: StoredRow[]; readonly last: number | null; readonly incomplete: readonly number[] } {
  const [rows, incomplete]: [StoredRow[], number[]] = [[], []];
  for (let rest = range; ;) {
    const found = read(rest);
    for (const stored of found) {
      const row = withSummary(driver, stored);
      if (row !== stored) incomplete.push(stored.number);
      if (states !== null && !states.includes(row.state ?? 'UNKNOWN')) continue;
      if (rows.length === limit) return { rows, last: rows.at(-1)?.activity ?? null, incomplete };
      rows.push(row);
    }
    const last = found.at(-1)?.activity;
    if (last === undefined || found.length <= limit) return { rows, last: null, incomplete };
    if (incomplete.length >= MAX_COMPLETED) return { rows, last, incomplete };
    rest = range.fromEnd ? { ...rest, above: last } : { ...rest, below: last };
  }
}

/** The row with a complete summary; the same object if it is. */
function withSummary(driver: Driver, row: StoredRow): StoredRow {
  if (row.unfolded === null) return row;
  const summary = completeSummary(driver, row);
  return summary === null ? row : { ...row, state: summary.shown.state, shown: JSON.stringify(summary.shown) };
}

const orderOf = ({ fromEnd }: Range): string => (fromEnd ? 'ASC' : 'DESC');

/** The part of a range that one call examines, by the index alone. `last`: the position that it reaches. */
function examine(driver: Driver, range: Range): { readonly last: number; readonly isEnd: boolean } {
  const [part] = driver.rows(
    `SELECT count(*) AS count, coalesce(${range.fromEnd ? 'max' : 'min'}(activity), 0) AS last FROM
     (SELECT activity FROM inbox INDEXED BY inbox_by_activity WHERE activity < ? AND activity > ?
      ORDER BY activity ${orderOf(range)} LIMIT ${MAX_EXAMINED})`,
    range.below,
    range.above,
  ) as { count: number; last: number }[];
  return { last: part?.last ?? 0, isEnd: (part?.count ?? 0) < MAX_EXAMINED };
}

/** The rows of conversations, in their order. */
export function inboxRows(driver: Driver, { reader, author, conversationIds }: OperationInput<'inboxRows'>): OperationResult<'inboxRows'> {
  const sql = `${select(author)} WHERE i.conversation = ${numberOf('?')}`;
  const stored = conversationIds.map((id) => driver.rows(sql, reader, id)[0] as StoredRow | undefined);
  const rows = stored.filter((row) => row !== undefined);
  const found = withLastMessages(
    driver,
    rows.map((row) => withSummary(driver, row)),
  );
  let next = 0;
  return {
    rows: stored.map((row) => (row === undefined ? null : (found[next++] ?? null))),
    incomplete: rows.filter(({ unfolded }) => unfolded !== null).map(({ number }) => number),
  };
}

/** Adds the identities of the last messages. */
function withLastMessages(driver: Driver, rows: readonly StoredRow[]): InboxRow[] {
  const stored = rows.filter((row): row is StoredRow & EventRow => row.seq !== null);
  const messages = new Map(withIdentities(driver, stored).map((message) => [message.seq, message]));
  return rows.map(({ conversationId, activity, active, shown, others, position, seen, seq }) => ({
    conversationId,
    activity,
    active,
    shown,
    others,
    position,
    seen,
    lastMessage: seq === null ? null : (messages.get(seq) ?? null),
  }));
}
