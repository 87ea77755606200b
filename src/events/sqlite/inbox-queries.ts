import { MAX_EXAMINED } from '../port/inbox.js';
import { numberOf } from './conversations.js';
import type { Driver, SqlValue } from './driver.js';
import { withIdentities } from './stored-events.js';
import type { EventRow } from './stored-events.js';
import type { InboxRow, OperationInput, OperationResult } from './worker-protocol.js';

/** A row of the inbox, joined with its last message if one is stored. */
interface StoredRow extends Omit<InboxRow, 'lastMessage'>, Omit<EventRow, 'seq' | 'json' | 'id'> {
  readonly seq: number | null;
  readonly json: string;
  readonly id: string;
}

const OWN = { CUSTOMER: 'by_customer', BOT: 'by_bot' } as const;

/** Rows as one reader sees them. The last message is the one that was written last; of two at the same time, the one stored last. */
const select = (author: keyof typeof OWN): string => `
  SELECT c.name AS conversationId, i.activity, i.active, i.shown, i.messages - i.${OWN[author]} AS others, m.position, m.seen,
    e.seq, e.json, e.id, e.conversation, e.occurred, e.identity, e.client_message_id AS clientMessageId
  FROM inbox i JOIN conversations c ON c.id = i.conversation LEFT JOIN markers m ON m.conversation = i.conversation AND m.reader = ?
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
  if (input.above !== null) require('i.activity > ?', range.above);
  if (examined !== null) require(fromEnd ? 'i.activity <= ?' : 'i.activity >= ?', examined.last);
  if (states !== null) require(`coalesce(i.state, 'UNKNOWN') IN (SELECT value FROM json_each(?))`, JSON.stringify(states));
  if (customerId !== null) require('i.customer = ?', customerId);
  if (among !== null)
    require('i.conversation IN (SELECT id FROM conversations WHERE name IN (SELECT value FROM json_each(?)))', JSON.stringify(among));
  if (unreadOnly) conditions.push(`i.messages - i.${OWN[author]} > coalesce(m.seen, 0)`);
  const where = ['i.activity < ?', ...conditions].join(' AND ');
  const rows = driver.rows(
    `${select(author)} WHERE ${where} ORDER BY i.activity ${orderOf(range)} LIMIT ?`,
    ...[reader, range.below, ...values, limit + 1],
  ) as StoredRow[];
  const hasMore = rows.length > limit;
  if (hasMore) rows.pop();
  const next = hasMore ? (rows.at(-1)?.activity ?? null) : examined?.isEnd === false ? examined.last : null;
  if (fromEnd) rows.reverse();
  return { rows: complete(driver, rows), next };
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
  const rows = conversationIds.map(
    (id) => driver.rows(`${select(author)} WHERE i.conversation = ${numberOf('?')}`, reader, id)[0] as StoredRow | undefined,
  );
  const found = complete(
    driver,
    rows.filter((row) => row !== undefined),
  );
  let next = 0;
  return rows.map((row) => (row === undefined ? null : (found[next++] ?? null)));
}

/** Adds the identities of the last messages. */
function complete(driver: Driver, rows: readonly StoredRow[]): InboxRow[] {
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
