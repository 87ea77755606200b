import type { IdentityRecord, PendingSend } from '../../domain/message-matching.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { packIdentities, unpackIdentities } from '../port/packed-identities.js';
import { shortDigest } from '../port/short-digest.js';
import { hashId } from './keys.js';

/** An identity with its order among those of its conversation. */
export interface StoredIdentity extends IdentityRecord {
  readonly order: number;
  /** Key of the previous identity from an event with the same digest; null if there is none, or this one is not from an event. */
  readonly before: string | null;
}

type IdentityFields = [
  key: string,
  digest: string,
  listedId: string | null,
  listedAt: number | null,
  eventId: string | null,
  occurredAt: number | null,
  clientMessageId: string | null,
  /** Used by scripts to look events up. */
  eventIdHash: string | null,
  order: number,
  before: string | null,
];

/** Encodes an identity as an array: field names would be repeated too often. */
export function encodeIdentity(identity: StoredIdentity): string {
  const { id, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, order, before } = identity;
  const idHash = eventId === null ? null : hashId(eventId);
  const fields: IdentityFields = [id, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, idHash, order, before];
  return JSON.stringify(fields);
}

/** Decodes an identity. */
export function decodeIdentity(json: string): StoredIdentity {
  const [key, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, , order, before] = JSON.parse(json) as IdentityFields;
  return { id: key, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, order, before };
}

/** The public part of a stored identity; null for null. */
export const decodeMessageIdentity = (json: string | null): MessageIdentity | null =>
  json === null ? null : toMessageIdentity(decodeIdentity(json));

/** Listed messages without an event; none for null. */
export const decodeWaiting = (packed: string | null): IdentityRecord[] => (packed === null ? [] : unpackIdentities(packed));

/** Packs listed messages without an event; empty if there are none. */
export const encodeWaiting = (waiting: readonly IdentityRecord[]): string =>
  waiting.length === 0 ? '' : packIdentities(waiting.map((record) => ({ ...record, digest: shortDigest(record.digest) })));

/** A registered send as it is stored. */
export function encodeSend({ digest, clientMessageId, sentAt }: Omit<PendingSend, 'handle'>): string {
  return JSON.stringify([digest, clientMessageId, sentAt]);
}

/** Decodes a conversation's registered sends, alternating handles and values, in the order of sending. */
export function decodeSends(pairs: readonly string[]): PendingSend[] {
  const sends: (PendingSend & { readonly order: number })[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [handle = '', stored = ''] = [pairs[index], pairs[index + 1]];
    const blank = stored.indexOf(' ');
    // The field without a blank is the counter.
    if (blank === -1) continue;
    const [digest, clientMessageId, sentAt] = JSON.parse(stored.slice(blank + 1)) as [string, string | null, number];
    sends.push({ handle, digest, clientMessageId, sentAt, order: Number(stored.slice(0, blank)) });
  }
  return sends
    .sort((a, b) => a.order - b.order)
    .map(({ handle, digest, clientMessageId, sentAt }) => ({ handle, digest, clientMessageId, sentAt }));
}
