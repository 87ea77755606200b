import { derivedId } from '../../domain/message-identity.js';
import type { ListedMessage } from '../../domain/message-identity.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { IdentityRecord, PendingSend } from '../../domain/message-matching.js';
import type { Driver } from './driver.js';
import { ALL_TIMES, inRange, packedRows, unpackRows } from './identity-rows.js';
import type { IdentityRow, TimeRange } from './identity-rows.js';
import { SELECT_SENDS, unpackSends } from './pending-sends.js';

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

type PackedEvent = readonly [id: string, digest: string, occurred: number, identity: string | null, clientMessageId: string | null];

/** SQL: two JSON arrays, `rows` and `events`, of a conversation, given as SQL, and the times from `?2` to `?3`. */
const known = (conversation: string): string => `
  (${packedRows(`WHERE ${inRange(conversation)}`)}) AS rows,
  (SELECT json_group_array(json_array(id, digest, occurred, identity, client_message_id)) FROM events
   WHERE conversation = ${conversation} AND digest IS NOT NULL AND occurred BETWEEN ?2 AND ?3) AS events`;

const SELECT_KNOWN = `SELECT ${known('?1')}`;

/** SQL: the same of the conversation of the name `?1`, its number, and more columns of the conversation `c`, in one row, which is there also where nothing is known of it. */
export const selectConversation = (more: string): string => `
  SELECT c.id AS conversation, ${known('c.id')}, ${more} FROM (SELECT 1) LEFT JOIN conversations c ON c.name = ?1`;

const SELECT_CANDIDATES = selectConversation(`(${SELECT_SENDS}) AS sends`);

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
export const readKnown = (driver: Driver, conversation: number, { from, to }: TimeRange): KnownIdentities =>
  toKnown(driver.row(SELECT_KNOWN, conversation, from, to) as FoundIdentities);

/** What listed messages of a conversation are matched with. `conversation`: its number; null if nothing is stored of it. */
export interface MatchCandidates extends KnownIdentities {
  readonly conversation: number | null;
  readonly sends: readonly PendingSend[];
}

/** Reads what listed messages of these times are matched with. */
export function readCandidates(driver: Driver, conversationId: string, { from, to }: TimeRange): MatchCandidates {
  const found = driver.row(SELECT_CANDIDATES, conversationId, from, to) as FoundIdentities & {
    conversation: number | null;
    sends: string;
  };
  return { ...toKnown(found), conversation: found.conversation, sends: unpackSends(found.sends) };
}

/** Columns that `selectConversation` selects. */
export interface FoundIdentities {
  readonly rows: string;
  readonly events: string;
}

export function toKnown(found: FoundIdentities): KnownIdentities {
  const rows = unpackRows(found.rows);
  const ofEvents = (JSON.parse(found.events) as PackedEvent[]).map(unpackEvent);
  if (rows.length === 0) return { rows, records: ofEvents.sort(byOccurrence) };
  const packed = rows.flatMap(({ entries }) => entries);
  const packedIds = new Set(packed.map(({ id }) => id));
  return { rows, records: [...packed, ...ofEvents.filter(({ id }) => !packedIds.has(id))].sort(byOccurrence) };
}

const unpackEvent = ([id, digest, occurred, identity, clientMessageId]: PackedEvent): IdentityRecord =>
  toIdentityRecord({ id, digest, occurred, identity, clientMessageId });

/** Those without a time first; of equal ones the earlier position. */
const byOccurrence = (a: IdentityRecord, b: IdentityRecord): number => (a.occurredAt ?? 0) - (b.occurredAt ?? 0);

/** As long as no listing has been recorded: then there is a packed record. */
export function toIdentityRecord({ id, digest, occurred, identity, clientMessageId }: Omit<EventIdentity, 'seq'>): IdentityRecord {
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
