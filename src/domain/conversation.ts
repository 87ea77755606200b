import type { Customer } from './customer.js';

/** The upstream's own state of a conversation, where known; null for a value that is not. */
export type UpstreamState = 'CREATED' | 'ACTIVE' | 'IDLE';

export type AssignmentType = 'QUEUE' | 'AGENT' | 'SCRIPT' | 'WEBHOOK' | 'OTHER';

/** Who or what the conversation is assigned to now. */
export interface Assignment {
  readonly type: AssignmentType;
  readonly targetId: string;
}

/** A conversation as the upstream returns it. */
export interface ConversationRecord {
  readonly conversationId: string;
  readonly channelId: string | null;
  readonly upstreamState: UpstreamState | null;
  readonly customer: Customer;
  readonly assignment: Assignment | null;
  readonly createdAt: Date | null;
}

/** A period in which the contact centre handles the conversation: from queueing until the last agent leaves. */
export interface InteractionRecord {
  readonly interactionId: string;
  readonly startedAt: Date | null;
  /** Null while it is in progress. */
  readonly endedAt: Date | null;
}

export type ParticipantType = 'CUSTOMER' | 'BOT' | 'AGENT' | 'SYSTEM' | 'OTHER';

export interface ParticipantRecord {
  readonly participantId: string;
  readonly type: ParticipantType;
  readonly name: string | null;
  readonly language: string | null;
  readonly removed: boolean | null;
}
