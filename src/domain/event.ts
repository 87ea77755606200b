import type { Assignment, ParticipantRecord } from './conversation.js';
import type { ChannelType } from './channel.js';
import type { Customer } from './customer.js';
import type { MessageContent } from './message.js';

/** What every event has. */
export interface EventBase {
  /** Unique per event over all conversations, the same on each retry of its delivery. */
  readonly id: string;
  /** Null only on an unrecognized event that names none. */
  readonly conversationId: string | null;
  /** When it happened, by the contact centre's clock. */
  readonly occurredAt: Date;
  /** When this gateway took it. */
  readonly receivedAt: Date;
}

export interface QueueRef {
  readonly queueId: string;
  readonly name: string | null;
}

export interface AgentRef {
  readonly agentId: string;
  readonly name: string | null;
}

export type InteractionEndReason = 'AGENT_LEFT' | 'CUSTOMER_LEFT' | 'OTHER';

/** What can happen in a conversation, by type. */
export interface EventData {
  INTERACTION_QUEUED: { readonly queue: QueueRef };
  AGENT_JOINED: { readonly agent: AgentRef };
  AGENT_LEFT: { readonly agent: AgentRef };
  CONVERSATION_TRANSFERRED: unknown;
  /** Appended by the gateway itself once it is settled that an interaction is over. */
  INTERACTION_ENDED: { readonly reason: InteractionEndReason; readonly interactionId: string | null };
  CUSTOMER_JOINED: unknown;
  CUSTOMER_LEFT: unknown;
  MESSAGE_ADDED: { readonly message: MessageContent; readonly isEcho: boolean };
  TYPING_CHANGED: { readonly typing: readonly ParticipantRecord[] };
  MESSAGES_READ: { readonly readAt: Date; readonly reader: ParticipantRecord };
  CONVERSATION_UPDATED: {
    /** The upstream's own word (`created`, `active`, `idle`, …). */
    readonly upstreamState: string | null;
    readonly assignment: Assignment | null;
    readonly customer: Customer | null;
    readonly channelType: ChannelType | null;
  };
  CARD_ACTION_INVOKED: { readonly action: string; readonly data: unknown };
  QUICK_REPLY_CHOSEN: { readonly title: string | null; readonly payload: string | null };
  CHANNEL_ACTIVITY: { readonly name: string; readonly value: unknown };
  UNRECOGNIZED: { readonly eventType: string; readonly payload: unknown };
}

export type EventType = keyof EventData;

/** One event, of type `T` or of any. */
export type ConversationEvent<T extends EventType = EventType> = {
  [K in T]: EventBase & { readonly type: K; readonly data: EventData[K] };
}[T];

/** Every event type, in the order of the schema's enum. */
export const EVENT_TYPES = [
  'INTERACTION_QUEUED',
  'AGENT_JOINED',
  'AGENT_LEFT',
  'CONVERSATION_TRANSFERRED',
  'INTERACTION_ENDED',
  'CUSTOMER_JOINED',
  'CUSTOMER_LEFT',
  'MESSAGE_ADDED',
  'TYPING_CHANGED',
  'MESSAGES_READ',
  'CONVERSATION_UPDATED',
  'CARD_ACTION_INVOKED',
  'QUICK_REPLY_CHOSEN',
  'CHANNEL_ACTIVITY',
  'UNRECOGNIZED',
] as const satisfies readonly EventType[];
