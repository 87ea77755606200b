import { hash } from 'node:crypto';
import type { AttachmentRef, CardRecord, MessageContent } from './message.js';

/** What a message is known again by. */
export interface Digestible extends Pick<MessageContent, 'text'> {
  readonly author: { readonly type: string };
  readonly attachments: readonly Pick<AttachmentRef, 'attachmentId'>[];
  readonly cards: readonly Pick<CardRecord, 'contentType'>[];
}

/**
 * What a message says, in 22 characters: equal for one message met in history and as an event. Made of what both tell alike: the author's type, the
 * text (line ends and outer blanks aside), the attachments' ids and the cards' content types. One-way, so that it may outlive the text.
 */
export function messageDigest(content: Digestible): string {
  const said = [
    content.author.type,
    (content.text ?? '').replace(/\r\n?/g, '\n').trim().normalize('NFC'),
    content.attachments.map((attachment) => attachment.attachmentId).sort(),
    content.cards.map((card) => card.contentType),
  ];
  return hash('sha256', JSON.stringify(said), 'base64url').slice(0, 22);
}

/** What we call a message that the upstream lists without an id: that it is the `nth` of those that say the same. */
export const digestId = (digest: string, nth: number): string => `${digest}.${nth}`;

/** Whether an id is the one that `digestId` made for a message of this content, and so none of the vendor's. */
export function isDigestId(listedId: string | null, content: Digestible): boolean {
  return listedId !== null && DIGEST_ID.test(listedId) && listedId.startsWith(`${messageDigest(content)}.`);
}

const DIGEST_ID = /^[\w-]{22}\.\d+$/;
