import { hash } from 'node:crypto';
import type { ListedMessage } from './message-identity.js';
import type { AttachmentRef, CardRecord, MessageContent, MessageRecord } from './message.js';

/** The part of a message that its digest covers. */
export interface Digestible extends Pick<MessageContent, 'text'> {
  readonly author: { readonly type: string };
  readonly attachments: readonly Pick<AttachmentRef, 'attachmentId'>[];
  readonly cards: readonly Pick<CardRecord, 'contentType'>[];
}

/**
 * A digest of a message's content, 22 characters, equal in history and event. It covers what both contain: the author's type, the text (normalized line ends and outer
 * whitespace), the attachments' ids and the cards' content types. One-way, so it may be kept after the text is erased.
 */
export function messageDigest(content: Digestible): string {
  const covered = [
    content.author.type,
    (content.text ?? '').replace(/\r\n?/g, '\n').trim().normalize('NFC'),
    content.attachments.map((attachment) => attachment.attachmentId).sort(),
    content.cards.map((card) => card.contentType),
  ];
  return hash('sha256', JSON.stringify(covered), 'base64url').slice(0, 22);
}

/** A message of history, as far as matching needs it: nothing of its content but the digest. */
export const toListedMessage = (record: MessageRecord): ListedMessage => ({
  listedId: record.listedId,
  digest: messageDigest(record),
  createdAt: record.createdAt,
});

/** The id of a message that the upstream lists without one: it is the `nth` with this digest. */
export const digestId = (digest: string, nth: number): string => `${digest}.${nth}`;

/** Whether `digestId` made this id for a message of this content, so that it is not the vendor's. */
export function isDigestId(listedId: string | null, content: Digestible): boolean {
  return listedId !== null && DIGEST_ID.test(listedId) && listedId.startsWith(`${messageDigest(content)}.`);
}

const DIGEST_ID = /^[\w-]{22}\.\d+$/;
