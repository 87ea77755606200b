import type { Customer } from './customer.js';

/** What the upstream itself says of a conversation's state; null when it said something not known today. */
export type UpstreamState = 'CREATED' | 'ACTIVE' | 'IDLE';

export type AssignmentType = 'QUEUE' | 'AGENT' | 'SCRIPT' | 'WEBHOOK' | 'OTHER';

/** Who or what has the conversation now. */
export interface Assignment {
  readonly type: AssignmentType;
  readonly targetId: string;
}

/** A conversation as the upstream tells it. */
export interface ConversationRecord {
  readonly conversationId: string;
  readonly channelId: string | null;
  readonly upstreamState: UpstreamState | null;
  readonly customer: Customer;
  readonly assignment: Assignment | null;
  readonly createdAt: Date | null;
}

/** A stretch in which the contact centre handles the conversation: from queueing to the last agent's leaving. */
export interface InteractionRecord {
  readonly interactionId: string;
  readonly startedAt: Date | null;
  /** Null while it goes on. */
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
