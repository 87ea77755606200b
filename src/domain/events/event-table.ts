import type { ChannelType } from '../channel.js';
import type { Assignment, ParticipantRecord } from '../conversation.js';
import type { Customer } from '../customer.js';
import type { MessageContent } from '../message.js';
import type { Stored } from './stored.js';

export interface QueueRef {
  readonly queueId: string;
  readonly name: string | null;
}

export interface AgentRef {
  readonly agentId: string;
  readonly name: string | null;
}

export type InteractionEndReason = 'AGENT_LEFT' | 'CUSTOMER_LEFT' | 'OTHER';

/** The data of each event type. */
export interface EventData {
  INTERACTION_QUEUED: { readonly queue: QueueRef };
  AGENT_JOINED: { readonly agent: AgentRef };
  AGENT_LEFT: { readonly agent: AgentRef };
  CONVERSATION_TRANSFERRED: unknown;
  /** Appended by the gateway itself when an interaction is known to be over. */
  INTERACTION_ENDED: { readonly reason: InteractionEndReason; readonly interactionId: string | null };
  CUSTOMER_JOINED: unknown;
  CUSTOMER_LEFT: unknown;
  MESSAGE_ADDED: { readonly message: MessageContent; readonly isEcho: boolean };
  /** Published to subscribers only, never stored. */
  TYPING_CHANGED: { readonly typing: readonly ParticipantRecord[] };
  MESSAGES_READ: { readonly readAt: Date; readonly reader: ParticipantRecord };
  CONVERSATION_UPDATED: {
    /** The upstream's own value (`created`, `active`, `idle`, …). */
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

/** What is known of an event type besides the shape of its data. */
interface EventRow<Data> {
  /** Of its value in the schema's enum: names its object type and says what happened. */
  readonly description: string;
  /** Restores the data from its stored JSON. Null is accepted only if JSON changes nothing, that is if the data holds no `Date`. */
  readonly revive: Stored<Data> extends Data ? null : (stored: Stored<Data>) => Data;
  /** The projection that reads it. `STATE`: the conversation's state and the interactions' metrics; `METRICS`: the metrics only. */
  readonly projection: 'STATE' | 'METRICS' | null;
  /** Delivered by the subscription `agentActivity`. */
  readonly isAgentActivity: boolean;
}

/** Every event type, in the order of the schema's enum. No row has defaults, so that whoever adds a type decides each column. */
export const EVENT_TABLE = {
  INTERACTION_QUEUED: {
    description: 'See `InteractionQueued`: the conversation waits in a queue.',
    revive: null,
    projection: 'STATE',
    isAgentActivity: true,
  },
  AGENT_JOINED: {
    description: 'See `AgentJoined`: an agent accepted the conversation.',
    revive: null,
    projection: 'STATE',
    isAgentActivity: true,
  },
  AGENT_LEFT: {
    description: 'See `AgentLeft`: an agent left the conversation.',
    revive: null,
    projection: 'STATE',
    isAgentActivity: true,
  },
  CONVERSATION_TRANSFERRED: {
    description: 'See `ConversationTransferred`: the agent transferred the conversation to another queue.',
    revive: null,
    projection: 'STATE',
    isAgentActivity: true,
  },
  INTERACTION_ENDED: {
    description: 'See `InteractionEnded`: the interaction ended.',
    revive: null,
    projection: 'STATE',
    isAgentActivity: true,
  },
  CUSTOMER_JOINED: {
    description: 'See `CustomerJoined`: the customer joined the conversation.',
    revive: null,
    projection: null,
    isAgentActivity: false,
  },
  CUSTOMER_LEFT: {
    description: 'See `CustomerLeft`: the customer left the conversation.',
    revive: null,
    projection: 'STATE',
    isAgentActivity: false,
  },
  MESSAGE_ADDED: {
    description: 'See `MessageAdded`: a participant sent a message.',
    revive: null,
    projection: 'METRICS',
    isAgentActivity: false,
  },
  TYPING_CHANGED: {
    description: 'See `TypingChanged`: a participant started or stopped typing.',
    revive: null,
    projection: null,
    isAgentActivity: true,
  },
  MESSAGES_READ: {
    description: 'See `MessagesRead`: a participant read the messages.',
    revive: ({ readAt, reader }) => ({ readAt: new Date(readAt), reader }),
    projection: null,
    isAgentActivity: false,
  },
  CONVERSATION_UPDATED: {
    description: "See `ConversationUpdated`: the upstream changed the conversation's data.",
    revive: null,
    projection: 'STATE',
    isAgentActivity: false,
  },
  CARD_ACTION_INVOKED: {
    description: 'See `CardActionInvoked`: a participant used an Adaptive Card.',
    revive: null,
    projection: null,
    isAgentActivity: false,
  },
  QUICK_REPLY_CHOSEN: {
    description: 'See `QuickReplyChosen`: the customer chose a quick reply.',
    revive: null,
    projection: null,
    isAgentActivity: false,
  },
  CHANNEL_ACTIVITY: {
    description: 'See `ChannelActivity`: a channel-specific activity.',
    revive: null,
    projection: null,
    isAgentActivity: false,
  },
  UNRECOGNIZED: {
    description: 'See `UnrecognizedEvent`: an event of a type that this gateway does not know.',
    revive: null,
    projection: null,
    isAgentActivity: false,
  },
} as const satisfies { readonly [K in keyof EventData]: EventRow<EventData[K]> };

/** Every event type, in the order of the schema's enum. */
export const EVENT_TYPES = Object.keys(EVENT_TABLE) as readonly (keyof EventData)[];

/** The types whose row has `Value` in `Column`. */
export type EventTypeWith<Column extends keyof EventRow<unknown>, Value> = {
  [K in keyof EventData]: (typeof EVENT_TABLE)[K][Column] extends Value ? K : never;
}[keyof EventData];
