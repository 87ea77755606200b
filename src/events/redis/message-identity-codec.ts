import type { IdentityRecord, PendingSend } from '../../domain/message-matching.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { hashId } from './keys.js';

/** A name with its position among those of its conversation, in the order in which they were given. */
export interface StoredIdentity extends IdentityRecord {
  readonly order: number;
  /** Key of the name that an event gave before it to a message of the same digest; null: none did, or it is not an event that gave this one. */
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
  /** Here for the scripts: event ids are looked up by it. */
  eventIdHash: string | null,
  order: number,
  before: string | null,
];

/** A name as it is stored: without the names of its fields, of which there would be many. */
export function encodeIdentity(name: StoredIdentity): string {
  const { id, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, order, before } = name;
  const idHash = eventId === null ? null : hashId(eventId);
  const fields: IdentityFields = [id, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, idHash, order, before];
  return JSON.stringify(fields);
}

/** The name that `encodeIdentity` wrote. */
export function decodeIdentity(json: string): StoredIdentity {
  const [key, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, , order, before] = JSON.parse(json) as IdentityFields;
  return { id: key, digest, listedId, listedAt, eventId, occurredAt, clientMessageId, order, before };
}

export const toMessageIdentity = ({ id, listedId, clientMessageId }: MessageIdentity): MessageIdentity => ({
  id,
  listedId,
  clientMessageId,
});

/** As it is handed out; null for a message without one, or no message. */
export const decodeMessageIdentity = (json: string | null): MessageIdentity | null =>
  json === null ? null : toMessageIdentity(decodeIdentity(json));

export function encodeSend({ digest, clientMessageId, sentAt }: Omit<PendingSend, 'handle'>): string {
  return JSON.stringify([digest, clientMessageId, sentAt]);
}

/** The sends of a conversation in the order in which they were sent, given as handles and stored texts in turn. */
export function decodeSends(pairs: readonly string[]): PendingSend[] {
  const sends: (PendingSend & { readonly order: number })[] = [];
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    const [handle = '', stored = ''] = [pairs[index], pairs[index + 1]];
    const blank = stored.indexOf(' ');
    // What has none is the counter.
    if (blank === -1) continue;
    const [digest, clientMessageId, sentAt] = JSON.parse(stored.slice(blank + 1)) as [string, string | null, number];
    sends.push({ handle, digest, clientMessageId, sentAt, order: Number(stored.slice(0, blank)) });
  }
  return sends
    .sort((a, b) => a.order - b.order)
    .map(({ handle, digest, clientMessageId, sentAt }) => ({ handle, digest, clientMessageId, sentAt }));
}
