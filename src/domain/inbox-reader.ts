import type { ConversationEvent } from './event.js';

/** Whose messages count as its own for a reader: the customer's, or, for everybody who answers customers over this API, those that it sends as the bot. */
export type OwnAuthor = 'CUSTOMER' | 'BOT';

/** Who reads an inbox. */
export interface InboxReader {
  /** The name of its read markers: one for each user, and one for the customer of a conversation, whoever speaks for it. */
  readonly key: string;
  /** Messages by this author are never unread. */
  readonly author: OwnAuthor;
}

/** Who wrote a message, as far as the counts of unread messages need it. */
export type AuthorClass = OwnAuthor | 'OTHER';

/** The class of a message's author; null for an event without a message. */
export function authorClass(event: ConversationEvent): AuthorClass | null {
  if (event.type !== 'MESSAGE_ADDED') return null;
  const { type } = event.data.message.author;
  return type === 'CUSTOMER' || type === 'BOT' ? type : 'OTHER';
}
