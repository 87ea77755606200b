import { derivedId } from '../../domain/message-identity.js';
import type { IdentityRecord } from '../../domain/message-matching.js';

const NAMED_BY_LIST = 1;
const HEALED = 2;

/**
 * An identity as an array, without what trails and is absent: the listed id, the event's id (0 if there is none), the digest (0 once the
 * message is listed and has an event: it is matched with nothing any more), the times by the list and by the event, as differences
 * to the first time of all, the `clientMessageId`, and a mark: 1 if the list has named a message that has an event, 2 if an event of ours
 * reports it and its own may still arrive.
 */
type Packed = readonly [
  listedId: string | 0,
  eventId?: string | 0,
  digest?: string | 0,
  listedAt?: number | null,
  occurredAt?: number | null,
  clientMessageId?: string | 0,
  mark?: 0 | typeof NAMED_BY_LIST | typeof HEALED,
];

/** The fields that hold times: 0 is one, null is none. */
const TIMES: ReadonlySet<number> = new Set([3, 4]);

/** Packs identities as JSON: field names, and times in full, would take more than the rest. */
export function packIdentities(records: readonly IdentityRecord[]): string {
  let from = Infinity;
  for (const record of records) {
    if (!isSettled(record)) from = Math.min(from, record.listedAt ?? Infinity, record.occurredAt ?? Infinity);
  }
  const start = Number.isFinite(from) ? from : 0;
  return JSON.stringify([start, ...records.map((record) => pack(record, start))]);
}

/** The identities that `packIdentities` wrote. */
export function unpackIdentities(json: string): IdentityRecord[] {
  const [from, ...packed] = JSON.parse(json) as [number, ...Packed[]];
  return packed.map((each) => unpack(each, from));
}

/** Listed and reported by an event: only the pair of ids matters. */
const isSettled = ({ listedId, eventId, id }: IdentityRecord): boolean => listedId !== null && eventId !== null && id === `e${eventId}`;

function pack(record: IdentityRecord, from: number): unknown[] {
  const { id, listedId, eventId, digest, listedAt, occurredAt, clientMessageId, isHealed = false } = record;
  const settled = isSettled(record);
  // As most are, of a page of messages.
  if (settled && clientMessageId === null && !isHealed) return [listedId, eventId];
  const since = (time: number | null) => (settled || time === null ? null : time - from);
  const isNamedByList = eventId !== null && listedId !== null && id === derivedId(listedId);
  const fields = [
    listedId ?? 0,
    eventId ?? 0,
    settled ? 0 : digest,
    since(listedAt),
    since(occurredAt),
    clientMessageId ?? 0,
    isNamedByList ? NAMED_BY_LIST : isHealed ? HEALED : 0,
  ];
  const length = fields.findLastIndex((field, index) => (TIMES.has(index) ? field !== null : field !== 0)) + 1;
  return fields.slice(0, length);
}

function unpack(
  [listed, event = 0, digest = 0, listedAt = null, occurredAt = null, client = 0, mark = 0]: Packed,
  from: number,
): IdentityRecord {
  const listedId = listed === 0 ? null : listed;
  const eventId = event === 0 ? null : event;
  return {
    id: eventId === null || (mark === NAMED_BY_LIST && listedId !== null) ? derivedId(listedId ?? '') : `e${eventId}`,
    listedId,
    eventId,
    digest: digest === 0 ? '' : digest,
    listedAt: listedAt === null ? null : from + listedAt,
    occurredAt: occurredAt === null ? null : from + occurredAt,
    clientMessageId: client === 0 ? null : client,
    ...(mark === HEALED ? { isHealed: true } : {}),
  };
}
