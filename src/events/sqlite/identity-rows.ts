import type { IdentityRecord } from '../../domain/message-matching.js';
import type { Driver, SqlValue } from './driver.js';
import { packIdentities, unpackIdentities } from '../port/packed-identities.js';

/** Records in one row. */
const MAX_ENTRIES = 32;
/** The time of a message whose list has no times: in every range. */
const ALWAYS = 8_640_000_000_000_000;

/** Times in epoch milliseconds, both inclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export const ALL_TIMES: TimeRange = { from: -ALWAYS, to: ALWAYS };

/** A row of `identities`. */
export interface IdentityRow {
  readonly id: number;
  readonly conversation: number;
  /** The messages wait for an event; else they have one, or are remembered for another reason. */
  readonly waiting: 0 | 1;
  readonly first: number;
  readonly last: number;
  readonly kept: number;
  readonly entries: readonly IdentityRecord[];
}

/** Rows of a conversation that may contain messages of these times. */
export const readIdentityRows = (driver: Driver, conversation: number, { from, to }: TimeRange): IdentityRow[] =>
  selectIdentityRows(driver, 'conversation = ? AND waiting IN (0, 1) AND first <= ? AND last >= ?', conversation, to, from);

/** Rows that satisfy an SQL condition. */
export function selectIdentityRows(driver: Driver, where: string, ...values: SqlValue[]): IdentityRow[] {
  const rows = driver.rows(`SELECT id, conversation, waiting, first, last, kept, entries FROM identities WHERE ${where}`, ...values);
  return (rows as (Omit<IdentityRow, 'entries'> & { entries: string })[]).map((row) => ({ ...row, entries: unpackIdentities(row.entries) }));
}

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
      if (kindOf(replacement) !== row.waiting) return [];
      changed.delete(entry.id);
      return [replacement];
    });
    const isSame = entries.length === row.entries.length && entries.every((entry, index) => entry === row.entries[index]);
    if (!isSame) writeRow(driver, { ...row, entries });
  }
  for (const waiting of [0, 1] as const) {
    addEntries(driver, conversation, waiting, [...changed.values()].filter((record) => kindOf(record) === waiting), now);
  }
}

const kindOf = ({ eventId }: IdentityRecord): 0 | 1 => (eventId === null ? 1 : 0);

/** Adds records to the conversation's newest row of their kind, as far as it has room, and to new ones. */
function addEntries(driver: Driver, conversation: number, waiting: 0 | 1, records: readonly IdentityRecord[], now: number): void {
  if (records.length === 0) return;
  const newestRow = 'id = (SELECT max(id) FROM identities WHERE conversation = ? AND waiting = ?)';
  const [newest] = selectIdentityRows(driver, newestRow, conversation, waiting);
  const room = newest === undefined ? 0 : Math.max(0, MAX_ENTRIES - newest.entries.length);
  if (newest !== undefined && room > 0) {
    const added = records.slice(0, room);
    writeRow(driver, { ...newest, kept: Math.max(newest.kept, assignedAt(added, now)), entries: [...newest.entries, ...added] });
  }
  for (let start = room; start < records.length; start += MAX_ENTRIES) {
    const entries = records.slice(start, start + MAX_ENTRIES);
    const { first, last } = spanOf(entries);
    driver.run(
      'INSERT INTO identities (conversation, waiting, first, last, kept, entries) VALUES (?, ?, ?, ?, ?, ?)',
      conversation,
      waiting,
      first,
      last,
      assignedAt(entries, now),
      packIdentities(entries),
    );
  }
}

/** When the last of some identities was assigned: by its event, or else now. */
const assignedAt = (records: readonly IdentityRecord[], now: number): number =>
  Math.max(...records.map(({ eventId, occurredAt }) => (eventId === null ? now : (occurredAt ?? now))));

/** Settled entries have no times any more, so a row's span never shrinks. */
function writeRow(driver: Driver, { id, first, last, kept, entries }: IdentityRow): void {
  if (entries.length === 0) {
    driver.run('DELETE FROM identities WHERE id = ?', id);
    return;
  }
  const span = spanOf(entries);
  driver.run(
    'UPDATE identities SET first = ?, last = ?, kept = ?, entries = ? WHERE id = ?',
    Math.min(first, span.first),
    Math.max(last, span.last),
    kept,
    packIdentities(entries),
    id,
  );
}

function spanOf(entries: readonly IdentityRecord[]): { readonly first: number; readonly last: number } {
  let [first, last] = [ALWAYS, -ALWAYS];
  for (const { listedAt, occurredAt, eventId } of entries) {
    // Without a time of the list, a message that waits may be any.
    if (listedAt === null && eventId === null) return { first: -ALWAYS, last: ALWAYS };
    for (const time of [listedAt, eventId === null ? null : occurredAt]) {
      if (time !== null) [first, last] = [Math.min(first, time), Math.max(last, time)];
    }
  }
  return { first, last };
}
