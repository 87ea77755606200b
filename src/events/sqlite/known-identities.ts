import { derivedId } from '../../domain/message-identity.js';
import type { ListedMessage } from '../../domain/message-identity.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { IdentityRecord } from '../../domain/message-matching.js';
import type { Driver } from './driver.js';
import { unpackIdentities } from '../port/packed-identities.js';
import { ALL_TIMES, IN_RANGE } from './identity-rows.js';
import type { IdentityRow, Kind, TimeRange } from './identity-rows.js';

/** The identities of a conversation around some time. */
export interface KnownIdentities {
  readonly rows: readonly IdentityRow[];
  /** Of the rows and of stored events, each once, in order of `occurredAt`. */
  readonly records: readonly IdentityRecord[];
}

/** An event's identity as its row holds it; `digest` and `occurred` are null if it carries no message. */
export interface EventIdentity {
  readonly seq: number;
  readonly id: string;
  readonly digest: string | null;
  readonly occurred: number | null;
  readonly identity: string | null;
  readonly clientMessageId: string | null;
}

type PackedRow = readonly [id: number, waiting: Kind, first: number, last: number, entries: string];
type PackedEvent = readonly [
  seq: number,
  id: string,
  digest: string,
  occurred: number,
  identity: string | null,
  clientMessageId: string | null,
];

/** Both as JSON in one row: the driver takes longer to make an object of each row than SQLite to find it. */
const SELECT_KNOWN = `
  SELECT (SELECT json_group_array(json_array(id, waiting, first, last, entries)) FROM identities WHERE ${IN_RANGE}) AS rows,
         (SELECT json_group_array(json_array(seq, id, digest, occurred, identity, client_message_id)) FROM events
          WHERE conversation = ?1 AND digest IS NOT NULL AND occurred BETWEEN ?2 AND ?3) AS events`;

/** The times of everything that may match one of these messages. */
export function toTimeRange(messages: readonly ListedMessage[]): TimeRange {
  let [from, to] = [Infinity, -Infinity];
  for (const { createdAt } of messages) {
    if (createdAt === null) return ALL_TIMES;
    [from, to] = [Math.min(from, createdAt.getTime()), Math.max(to, createdAt.getTime())];
  }
  return { from: from - CLOCK_TOLERANCE_MS, to: to + CLOCK_TOLERANCE_MS };
}

/** Reads all identities that are known of a conversation's messages of these times. */
export function readKnown(driver: Driver, conversation: number, range: TimeRange): KnownIdentities {
  const found = driver.row(SELECT_KNOWN, conversation, range.from, range.to) as { rows: string; events: string };
  const rows = (JSON.parse(found.rows) as PackedRow[]).map(([id, waiting, first, last, entries]): IdentityRow => ({
    id,
    conversation,
    waiting,
    first,
    last,
    entries: unpackIdentities(entries),
  }));
  const packed = rows.flatMap(({ entries }) => entries);
  const packedIds = new Set(packed.map(({ id }) => id));
  const ofEvents = (JSON.parse(found.events) as PackedEvent[])
    .map(([seq, id, digest, occurred, identity, clientMessageId]) =>
      toIdentityRecord({ seq, id, digest, occurred, identity, clientMessageId }),
    )
    .filter(({ id }) => !packedIds.has(id));
  return { rows, records: [...packed, ...ofEvents].sort(byOccurrence) };
}

/** Those without a time first; of equal ones the earlier position. */
const byOccurrence = (a: IdentityRecord, b: IdentityRecord): number => (a.occurredAt ?? 0) - (b.occurredAt ?? 0);

/** As long as no listing has been recorded: then there is a packed record. */
export function toIdentityRecord({ id, digest, occurred, identity, clientMessageId }: EventIdentity): IdentityRecord {
  return {
    id: identity ?? `e${id}`,
    listedId: identity === null ? null : toListedId(identity),
    listedAt: null,
    eventId: id,
    digest: digest ?? '',
    occurredAt: occurred,
    clientMessageId,
  };
}

/** The listed id of a message that the list has named. */
export const toListedId = (identity: string): string => identity.slice(derivedId('').length);
