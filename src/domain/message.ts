import type { AttachmentKind } from './attachment.js';
import type { ParticipantRecord } from './conversation.js';
import type { MessageIdentity } from './message-identity.js';

export interface AttachmentRef {
  readonly attachmentId: string;
  /** Null where only the conversation's attachment list tells it. */
  readonly filename: string | null;
  readonly contentType: string | null;
  /** Null where the upstream does not say; absent from events that were stored before it was read. */
  readonly kind?: AttachmentKind | null;
}

/** A message that another provider holds, and what it is called there. */
export interface ExternalProvider {
  readonly name: string;
  readonly externalMessageId: string;
}

export interface CardRecord {
  /** Null in events, which carry none. */
  readonly cardId: string | null;
  readonly contentType: string;
  readonly content: unknown;
  readonly submitted: boolean;
  readonly executed: boolean;
}

/** What a message says and who says it: the part that history and events have in common. */
export interface MessageContent {
  readonly author: ParticipantRecord;
  readonly text: string | null;
  readonly attachments: readonly AttachmentRef[];
  readonly cards: readonly CardRecord[];
  /** Where the message has it in place of text; absent from events that were stored before it was read. */
  readonly externalProvider?: ExternalProvider | null;
}

/** A message as the upstream's history lists it. */
export interface MessageRecord extends MessageContent {
  /** What the upstream's list calls it, unique in its conversation and never reused. */
  readonly listedId: string;
  /** The vendor's message id; null on an upstream that has none. */
  readonly messageId: string | null;
  readonly createdAt: Date | null;
  readonly translatedText: string | null;
  /** Null where the upstream does not tell. */
  readonly interactionId: string | null;
}

/** A message under the one name that it has everywhere. */
export interface NamedMessage extends MessageContent, Pick<MessageRecord, 'messageId' | 'createdAt' | 'translatedText' | 'interactionId'> {
  readonly conversationId: string;
  readonly identity: MessageIdentity;
}
