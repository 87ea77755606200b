import { derivedId } from '../../domain/message-identity.js';
import type { ListedMessage } from '../../domain/message-identity.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { IdentityRecord } from '../../domain/message-matching.js';
import type { Driver } from './driver.js';
import { ALL_TIMES, readIdentityRows } from './identity-rows.js';
import type { IdentityRow, TimeRange } from './identity-rows.js';

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

/** The times of everything that may match one of these messages. */
export function rangeOf(messages: readonly ListedMessage[]): TimeRange {
  let [from, to] = [Infinity, -Infinity];
  for (const { createdAt } of messages) {
    if (createdAt === null) return ALL_TIMES;
    [from, to] = [Math.min(from, createdAt.getTime()), Math.max(to, createdAt.getTime())];
  }
  return { from: from - CLOCK_TOLERANCE_MS, to: to + CLOCK_TOLERANCE_MS };
}

/** Reads all identities that are known of a conversation's messages of these times. */
export function readKnown(driver: Driver, conversation: number, range: TimeRange): KnownIdentities {
  const rows = readIdentityRows(driver, conversation, range);
  const packed = rows.flatMap(({ entries }) => entries);
  const packedIds = new Set(packed.map(({ id }) => id));
  const events = driver.rows(
    `SELECT seq, id, digest, occurred, identity, client_message_id AS clientMessageId FROM events
     WHERE conversation = ? AND digest IS NOT NULL AND occurred BETWEEN ? AND ? ORDER BY occurred, seq`,
    conversation,
    range.from,
    range.to,
  ) as EventIdentity[];
  const ofEvents = events.map(toIdentityRecord).filter(({ id }) => !packedIds.has(id));
  return { rows, records: [...packed, ...ofEvents].sort((a, b) => (a.occurredAt ?? -Infinity) - (b.occurredAt ?? -Infinity)) };
}

/** As long as no listing has been recorded: then there is a packed record. */
export function toIdentityRecord({ id, digest, occurred, identity, clientMessageId }: EventIdentity): IdentityRecord {
  return {
    id: identity ?? `e${id}`,
    listedId: identity === null ? null : listedIdOf(identity),
    listedAt: null,
    eventId: id,
    digest: digest ?? '',
    occurredAt: occurred,
    clientMessageId,
  };
}

/** The listed id of a message that the list has named. */
export const listedIdOf = (identity: string): string => identity.slice(derivedId('').length);
