import type { AttachmentKind } from './attachment.js';
import type { ParticipantRecord } from './conversation.js';
import type { MessageIdentity } from './message-identity.js';

export interface AttachmentRef {
  readonly attachmentId: string;
  /** Null if only the conversation's attachment list has it. */
  readonly filename: string | null;
  readonly contentType: string | null;
  /** Null if the upstream omits it; absent in events stored by versions that did not read it. */
  readonly kind?: AttachmentKind | null;
}

/** A message whose content another provider holds, and its id there. */
export interface ExternalProvider {
  readonly name: string;
  readonly externalMessageId: string;
}

export interface CardRecord {
  /** Null in events, which have none. */
  readonly cardId: string | null;
  readonly contentType: string;
  readonly content: unknown;
  readonly submitted: boolean;
  readonly executed: boolean;
}

/** A message's content and author: the part that history and events have in common. */
export interface MessageContent {
  readonly author: ParticipantRecord;
  readonly text: string | null;
  readonly attachments: readonly AttachmentRef[];
  readonly cards: readonly CardRecord[];
  /** Set instead of the text; absent in events stored by versions that did not read it. */
  readonly externalProvider?: ExternalProvider | null;
}

/** A message in the upstream's history. */
export interface MessageRecord extends MessageContent {
  /** Its id in the upstream's list, unique in its conversation and never reused. */
  readonly listedId: string;
  /** The vendor's message id; null if the upstream has none. */
  readonly messageId: string | null;
  readonly createdAt: Date | null;
  readonly translatedText: string | null;
  /** Null if the upstream omits it. */
  readonly interactionId: string | null;
}

/** A message with its identity. */
export interface NamedMessage extends MessageContent, Pick<MessageRecord, 'messageId' | 'createdAt' | 'translatedText' | 'interactionId'> {
  readonly conversationId: string;
  readonly identity: MessageIdentity;
}
