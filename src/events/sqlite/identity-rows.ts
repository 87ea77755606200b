import type { IdentityRecord } from '../../domain/message-matching.js';
import type { Driver, SqlValue } from './driver.js';
import { packIdentities, unpackIdentities } from '../port/packed-identities.js';

/** Records in one row. */
const MAX_ENTRIES = 32;
/** The bounds of JavaScript's time. */
const ALWAYS = 8_640_000_000_000_000;

/** Times in epoch milliseconds, both inclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const ALL_TIMES: TimeRange = { from: -ALWAYS, to: ALWAYS };

/** Kinds of rows, the column `waiting`: messages that wait for an event, that wait and have no times, and all others. */
export const KINDS = { remembered: 0, waiting: 1, untimed: 2 } as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** SQL condition: rows of a conversation, given as SQL, that may contain messages of the times from `?2` to `?3`. */
export const inRange = (conversation: string): string =>
  `conversation = ${conversation} AND (waiting IN (0, 1) AND first <= ?3 AND last >= ?2 OR waiting = 2)`;

/** A row of `identities`. */
export interface IdentityRow {
  readonly id: number;
  readonly conversation: number;
  readonly waiting: Kind;
  readonly first: number;
  readonly last: number;
  readonly entries: readonly IdentityRecord[];
}

/** Rows of a conversation that may contain messages of these times. */
export const readIdentityRows = (driver: Driver, conversation: number, { from, to }: TimeRange): IdentityRow[] =>
  selectIdentityRows(driver, `WHERE ${inRange('?1')}`, conversation, from, to);

/** A row as `json_array(id, conversation, waiting, first, last, entries)` returns it. */
type PackedRow = readonly [id: number, conversation: number, waiting: Kind, first: number, last: number, entries: string];

/** SQL: rows that satisfy what follows `FROM identities`, as a JSON array of `PackedRow`. The driver takes longer to make an object of each row than SQLite to find it. */
export const packedRows = (condition: string): string => `
  SELECT json_group_array(json_array(id, conversation, waiting, first, last, entries)) AS rows
  FROM (SELECT id, conversation, waiting, first, last, entries FROM identities ${condition})`;

/** Rows that satisfy what follows `FROM identities` in SQL. */
export function selectIdentityRows(driver: Driver, condition: string, ...values: SqlValue[]): IdentityRow[] {
  const { rows } = driver.row(packedRows(condition), ...values) as { rows: string };
  return unpackRows(rows);
}

/** The rows that `packedRows` selected. */
export const unpackRows = (json: string): IdentityRow[] =>
  (JSON.parse(json) as PackedRow[]).map(([id, conversation, waiting, first, last, entries]) => ({
    id,
    conversation,
    waiting,
    first,
    last,
    entries: unpackIdentities(entries),
  }));

/**
 * Records changes: each of `records` replaces the one of that id in `rows`, or is added; those in `removed` are dropped. `rows`: all of the
 * conversation that may contain one of them.
 */
export function writeIdentities(
  driver: Driver,
  conversation: number,
  rows: readonly IdentityRow[],
  changes: { readonly records: readonly IdentityRecord[]; readonly removed?: ReadonlySet<string>; readonly now: number },
): void {
  const { records, removed = new Set(), now } = changes;
  const changed = new Map(records.map((record) => [record.id, record]));
  for (const row of rows) {
    const entries = row.entries.flatMap((entry) => {
      if (removed.has(entry.id)) return [];
      const replacement = changed.get(entry.id);
      if (replacement === undefined) return [entry];
      if (toKind(replacement) !== row.waiting) return [];
      changed.delete(entry.id);
      return [replacement];
    });
    const isSame = entries.length === row.entries.length && entries.every((entry, index) => entry === row.entries[index]);
    if (!isSame) writeRow(driver, { ...row, entries });
  }
  for (const waiting of Object.values(KINDS)) {
    addEntries(
      driver,
      conversation,
      waiting,
      [...changed.values()].filter((record) => toKind(record) === waiting),
      now,
    );
  }
}

function toKind({ eventId, listedAt }: IdentityRecord): Kind {
  if (eventId !== null) return KINDS.remembered;
  return listedAt === null ? KINDS.untimed : KINDS.waiting;
}

/** Adds records to the conversation's newest row of their kind, as far as it has room, and to new ones. */
function addEntries(driver: Driver, conversation: number, waiting: Kind, records: readonly IdentityRecord[], now: number): void {
  if (records.length === 0) return;
  const newestRow = 'WHERE id = (SELECT max(+id) FROM identities WHERE conversation = ? AND waiting = ?)';
  const [newest] = selectIdentityRows(driver, newestRow, conversation, waiting);
  const room = newest === undefined ? 0 : Math.max(0, MAX_ENTRIES - newest.entries.length);
  if (newest !== undefined && room > 0) {
    const last = waiting === KINDS.untimed ? now : newest.last;
    writeRow(driver, { ...newest, last, entries: [...newest.entries, ...records.slice(0, room)] });
  }
  for (let start = room; start < records.length; start += MAX_ENTRIES) {
    const entries = records.slice(start, start + MAX_ENTRIES);
    const { first, last } = waiting === KINDS.untimed ? { first: now, last: now } : spanOf(entries);
    driver.run(
      'INSERT INTO identities (conversation, waiting, first, last, entries) VALUES (?, ?, ?, ?, ?)',
      conversation,
      waiting,
      first,
      last,
      packIdentities(entries),
    );
  }
}

/** Settled entries have no times any more, so a row's span never shrinks. */
function writeRow(driver: Driver, { id, first, last, entries }: IdentityRow): void {
  if (entries.length === 0) {
    driver.run('DELETE FROM identities WHERE id = ?', id);
    return;
  }
  const span = spanOf(entries);
  driver.run(
    'UPDATE identities SET first = ?, last = ?, entries = ? WHERE id = ?',
    Math.min(first, span.first),
    Math.max(last, span.last),
    packIdentities(entries),
    id,
  );
}

function spanOf(entries: readonly IdentityRecord[]): { readonly first: number; readonly last: number } {
  let [first, last] = [ALWAYS, -ALWAYS];
  for (const { listedAt, occurredAt, eventId } of entries) {
    for (const time of [listedAt, eventId === null ? null : occurredAt]) {
      if (time !== null) [first, last] = [Math.min(first, time), Math.max(last, time)];
    }
  }
  return { first, last };
}
