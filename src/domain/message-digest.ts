import { hash } from 'node:crypto';
import type { MessageContent } from './message.js';

/**
 * What a message says, in 22 characters: equal for one message met in history and as an event. Made of what both tell alike: the author's type, the
 * text (line ends and outer blanks aside), the attachments' ids and the cards' content types. One-way, so that it may outlive the text.
 */
export function messageDigest(content: Pick<MessageContent, 'text' | 'attachments' | 'cards'> & { author: { type: string } }): string {
  const said = [
    content.author.type,
    (content.text ?? '').replace(/\r\n?/g, '\n').trim().normalize('NFC'),
    content.attachments.map((attachment) => attachment.attachmentId).sort(),
    content.cards.map((card) => card.contentType),
  ];
  return hash('sha256', JSON.stringify(said), 'base64url').slice(0, 22);
}
