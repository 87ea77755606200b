/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** The queue or script to assign a conversation to. */
export type AssignmentInput = {
  /** Id of the queue or script in the contact centre. */
  targetId: string | number;
  /** Whether `targetId` names a queue or a script. */
  type: AssignmentTarget;
};

/** What a conversation can be assigned to through this API. */
export type AssignmentTarget =
  /** A queue, whose agents answer the conversation. */
  | 'QUEUE'
  /** A script of the contact centre, which routes or answers the conversation. */
  | 'SCRIPT';

/** Optional feature of the upstream API. A field or argument that needs a missing capability is null or fails with UNSUPPORTED_BY_UPSTREAM. */
export type Capability =
  /** Events include the names of agents. */
  | 'AGENT_NAMES'
  /** Conversations can be assigned, and the assignment is also known between two interactions. */
  | 'ASSIGNMENT'
  /** Files can be uploaded, sent and downloaded. */
  | 'ATTACHMENTS'
  /** Cards can be sent, submitted and executed. */
  | 'CARDS'
  /** Channels report their type; without it every channel is CHAT_API. */
  | 'CHANNEL_TYPES'
  /** `Participant.removed` is known for customers and bots; for agents it is derived from events. */
  | 'CUSTOMER_PRESENCE'
  /** Conversations can be filtered by customer `properties`. */
  | 'FILTER_BY_PROPERTY'
  /** Conversations can be filtered by `status`. */
  | 'FILTER_BY_STATE'
  /** Messages whose webhook never arrived are found in the history and delivered as events with the source HISTORY. */
  | 'HEALING'
  /** Messages have an id in the contact centre and can be fetched by it. */
  | 'MESSAGE_LOOKUP'
  /** Every message in the history has a `createdAt`; without it only messages that this gateway received as events do. */
  | 'MESSAGE_TIMES'
  /** Messages have a `translatedText`. */
  | 'MESSAGE_TRANSLATION'
  /** Conversations can be sorted by creation time. */
  | 'ORDER_BY_CREATION'
  /** Read receipts can be sent (`markRead`). */
  | 'READ_RECEIPTS'
  /** A conversation can return to a bot after its agent has left (`scheduleReturnToBot`). */
  | 'RETURN_TO_BOT'
  /** The agent can be shown that the bot is preparing an answer (`sendThinking`). */
  | 'THINKING'
  /** Typing indicators can be sent to the agent and are received for all participants. */
  | 'TYPING'
  /** Conversations can be updated, and updates arrive as `ConversationUpdated` events. */
  | 'UPDATE_CONVERSATION';

/** A card to send in a message. */
export type CardInput = {
  /** The card in the format named by `contentType`, nested at most 100 levels deep. */
  content: unknown;
  /** Media type that defines the format of `content`. */
  contentType: string;
};

/** Type of a conversation event; each value has an object type of its own. */
export type ConversationEventType =
  /** See `AgentJoined`: an agent accepted the conversation. */
  | 'AGENT_JOINED'
  /** See `AgentLeft`: an agent left the conversation. */
  | 'AGENT_LEFT'
  /** See `CardActionInvoked`: a participant used an Adaptive Card. */
  | 'CARD_ACTION_INVOKED'
  /** See `ChannelActivity`: a channel-specific activity. */
  | 'CHANNEL_ACTIVITY'
  /** See `ConversationTransferred`: the agent transferred the conversation to another queue. */
  | 'CONVERSATION_TRANSFERRED'
  /** See `ConversationUpdated`: the upstream changed the conversation's data. */
  | 'CONVERSATION_UPDATED'
  /** See `CustomerJoined`: the customer joined the conversation. */
  | 'CUSTOMER_JOINED'
  /** See `CustomerLeft`: the customer left the conversation. */
  | 'CUSTOMER_LEFT'
  /** See `InteractionEnded`: the interaction ended. */
  | 'INTERACTION_ENDED'
  /** See `InteractionQueued`: the conversation waits in a queue. */
  | 'INTERACTION_QUEUED'
  /** See `MessagesRead`: a participant read the messages. */
  | 'MESSAGES_READ'
  /** See `MessageAdded`: a participant sent a message. */
  | 'MESSAGE_ADDED'
  /** See `QuickReplyChosen`: the customer chose a quick reply. */
  | 'QUICK_REPLY_CHOSEN'
  /** See `TypingChanged`: a participant started or stopped typing. */
  | 'TYPING_CHANGED'
  /** See `UnrecognizedEvent`: an event of a type that this gateway does not know. */
  | 'UNRECOGNIZED';

/** State of a conversation, derived from its events and reconciled with the upstream. */
export type ConversationState =
  /** An agent has joined. */
  | 'ACTIVE'
  /** Assigned to a bot. */
  | 'BOT'
  /** Created; its first interaction has not started yet. */
  | 'CREATED'
  /** Its last interaction has ended; a new message starts another one. */
  | 'IDLE'
  /** Waiting for an agent. */
  | 'QUEUED'
  /** Being transferred from one agent to another within an interaction. */
  | 'TRANSFERRING'
  /** Neither the events nor the upstream determine the state. */
  | 'UNKNOWN';

/** The file to upload. */
export type CreateAttachmentUploadInput = {
  /** Media type, such as `image/png`; images, audio, video, text and office documents are accepted. */
  contentType: string;
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** File name. Only the base name is kept and invisible characters are removed; executable and HTML names are rejected. */
  filename: string;
  /** On whose behalf. If omitted: CUSTOMER with the token of a customer, else BOT. */
  sendAs?: MessageSender | null | undefined;
  /** Exact size in bytes, 1 to 104857600 (100 MiB); the upload must have this size. */
  sizeBytes: number;
};

/** The conversation to create. */
export type CreateConversationInput = {
  /** Queue or script to assign the conversation to instead of the channel's queue. Requires the capability ASSIGNMENT. */
  assignment?: AssignmentInput | null | undefined;
  /** Channel of the conversation, which determines its queue: `Channel.id` or `Channel.channelId`. */
  channelId: string | number;
  /** The customer who starts the conversation. */
  customer: CustomerInput;
  /** Earlier messages to show to the agent, oldest first, at most 200. */
  history?: Array<HistoryMessageInput> | null | undefined;
  /** Client-chosen key that makes retries safe: within 24 hours the same key with the same input returns the first result instead of creating again. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
};

/** Customer data shown to agents. Omitted fields stay unset or unchanged. */
export type CustomerInput = {
  /** Id of the case that the conversation is about. */
  caseId?: string | null | undefined;
  /** Company that the customer belongs to. */
  company?: string | null | undefined;
  /** Id of the customer in the integration's own records. */
  customerId?: string | null | undefined;
  /** Email address. */
  email?: string | null | undefined;
  /** Language used for routing to an agent, as a language tag such as `en`, `de` or `zh-CN`. */
  language?: string | null | undefined;
  /** Full name. */
  name?: string | null | undefined;
  /** Phone number. */
  phone?: string | null | undefined;
  /** Additional properties, at most 30. */
  properties?: Array<PropertyInput> | null | undefined;
};

/** The card whose action was executed. */
export type ExecuteCardInput = {
  /** Id of the card: `Card.cardId`. */
  cardId: string | number;
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** Name of the action, passed to the upstream unchanged. */
  name?: string | null | undefined;
};

/** A message from before the conversation reached the contact centre; needs `text`, `cards` or both. */
export type HistoryMessageInput = {
  /** Cards of the message. Requires the capability CARDS. */
  cards?: Array<CardInput> | null | undefined;
  /** Who wrote the message. */
  sentAs: MessageSender;
  /** Text of the message. */
  text?: string | null | undefined;
};

/** Why an interaction ended. */
export type InteractionEndReason =
  /** The last agent left. */
  | 'AGENT_LEFT'
  /** The customer left. */
  | 'CUSTOMER_LEFT'
  /** Another or an unknown reason, such as a timeout. */
  | 'OTHER';

/** The conversation that the customer leaves. */
export type LeaveConversationInput = {
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
};

/** Who has read the messages, and up to what time. */
export type MarkReadInput = {
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** Everything up to this cursor of the conversation has been read; takes precedence over `readAt` for your read marker. */
  cursor?: string | null | undefined;
  /** Everything up to this time has been read; now if omitted. */
  readAt?: string | null | undefined;
  /** Whose read marker moves: CUSTOMER moves the customer's, BOT your own. Only the receipt for the contact centre names the bot. If omitted: CUSTOMER with the token of a customer, else BOT. */
  sendAs?: MessageSender | null | undefined;
};

/** Participant on whose behalf an integration writes. */
export type MessageSender =
  /** A bot of the integration. */
  | 'BOT'
  /** The customer. */
  | 'CUSTOMER';

/** Role of a participant in a conversation. */
export type ParticipantType =
  /** An agent of the contact centre. */
  | 'AGENT'
  /** A bot. */
  | 'BOT'
  /** The customer. */
  | 'CUSTOMER'
  /** A role that this gateway does not know. */
  | 'OTHER'
  /** The contact centre itself. */
  | 'SYSTEM';

/** A customer property to set or to filter by. */
export type PropertyInput = {
  /** Name of the property, as configured in the contact centre. */
  key: string;
  /** Value of the property. */
  value: string;
};

/** The message to send; needs at least one of `text`, `attachmentIds` and `cards`. */
export type SendMessageInput = {
  /** Uploaded files, as `attachmentId` from the upload's response or `Attachment.id`. Requires the capability ATTACHMENTS. */
  attachmentIds?: Array<string | number> | null | undefined;
  /** Cards of the message. Requires the capability CARDS. */
  cards?: Array<CardInput> | null | undefined;
  /** Client-chosen id, returned on the message and on its echo event; at most 255 characters. */
  clientMessageId?: string | null | undefined;
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** Client-chosen key that makes retries safe: within 24 hours the same key with the same input returns the first result instead of creating again. At most 255 characters. */
  idempotencyKey?: string | null | undefined;
  /** On whose behalf. If omitted: CUSTOMER with the token of a customer, else BOT. */
  sendAs?: MessageSender | null | undefined;
  /** Text of the message. */
  text?: string | null | undefined;
};

/** Who is typing, and in which conversation. */
export type SendTypingInput = {
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** On whose behalf. If omitted: CUSTOMER with the token of a customer, else BOT. */
  sendAs?: MessageSender | null | undefined;
};

/** One of `count` equal parts of all conversations: a conversation is always in the same one, so that its events stay in order. A cursor of one shard stays valid when the shard is divided: `{index: 0, count: 2}` can go on as `{index: 0, count: 4}` and `{index: 2, count: 4}`. */
export type Shard = {
  /** How many shards there are: 1 to 1024. */
  count: number;
  /** Which of the shards: 0 to `count` - 1. */
  index: number;
};

/** The card that the customer submitted. */
export type SubmitCardInput = {
  /** Id of the card: `Card.cardId`. */
  cardId: string | number;
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** Name of the action, passed to the upstream unchanged. */
  name?: string | null | undefined;
};

/** Changes to a conversation; needs `customer`, `assignment` or both. */
export type UpdateConversationInput = {
  /** Queue or script to assign the conversation to. The upstream carries it out asynchronously; the result arrives as events. */
  assignment?: AssignmentInput | null | undefined;
  /** Id of the conversation: its global `id` or its `conversationId`. */
  conversationId: string | number;
  /** Customer data to change; omitted, null and empty fields stay unchanged. `properties` replaces all existing properties, so an empty list removes them. */
  customer?: CustomerInput | null | undefined;
};

/** API generation of the contact centre. */
export type UpstreamKind =
  /** Chat API, version 2. */
  | 'CHAT_API_V2'
  /** Chat Gateway API, version 1. */
  | 'CHAT_GATEWAY_V1';

/** Machine-readable reason for a user error. */
export type UserErrorCode =
  /** The change conflicts with the current state, such as deleting a webhook that a channel uses. */
  | 'CONFLICT'
  /** The idempotency key was already used with a different input. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** Malformed or out-of-range value, or an id of another type. */
  | 'INVALID'
  /** No object with this id exists, or the viewer may not see it. */
  | 'NOT_FOUND'
  /** The value is missing or empty. */
  | 'REQUIRED'
  /** The text has too many characters. */
  | 'TOO_LONG'
  /** The list has too many items. */
  | 'TOO_MANY'
  /** Rejected by the contact centre; `message` is its explanation. */
  | 'UPSTREAM_REFUSED';

export type FeedStartQueryVariables = Exact<{ [key: string]: never; }>;


export type FeedStartQuery = { gateway: { latestCursor: string } };

export type AllConversationEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
  types?: Array<ConversationEventType> | ConversationEventType | null | undefined;
  channelId?: string | number | null | undefined;
  shard?: Shard | null | undefined;
}>;


export type AllConversationEventsSubscription = { allConversationEvents:
    | { __typename: 'AgentJoined', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
    | { __typename: 'AgentLeft', conversationId: string | null, endsInteraction: boolean | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
    | { __typename: 'CardActionInvoked', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'ChannelActivity', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'ConversationTransferred', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'ConversationUpdated', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'CustomerJoined', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'CustomerLeft', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'InteractionEnded', conversationId: string | null, reason: InteractionEndReason, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'InteractionQueued', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, queue: { queueId: string, name: string | null } }
    | { __typename: 'MessageAdded', conversationId: string | null, isEcho: boolean, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } }
    | { __typename: 'MessagesRead', conversationId: string | null, readAt: string, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, reader: { id: string, type: ParticipantType, name: string | null } }
    | { __typename: 'QuickReplyChosen', conversationId: string | null, title: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'TypingChanged', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, typing: Array<{ id: string, type: ParticipantType, name: string | null }> }
    | { __typename: 'UnrecognizedEvent', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
   };

export type EventFeedQueryVariables = Exact<{
  after?: string | null | undefined;
  first?: number | null | undefined;
  types?: Array<ConversationEventType> | ConversationEventType | null | undefined;
  channelId?: string | number | null | undefined;
  shard?: Shard | null | undefined;
}>;


export type EventFeedQuery = { eventFeed: { nodes: Array<
      | { __typename: 'AgentJoined', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
      | { __typename: 'AgentLeft', conversationId: string | null, endsInteraction: boolean | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
      | { __typename: 'CardActionInvoked', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'ChannelActivity', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'ConversationTransferred', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'ConversationUpdated', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'CustomerJoined', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'CustomerLeft', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'InteractionEnded', conversationId: string | null, reason: InteractionEndReason, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'InteractionQueued', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, queue: { queueId: string, name: string | null } }
      | { __typename: 'MessageAdded', conversationId: string | null, isEcho: boolean, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } }
      | { __typename: 'MessagesRead', conversationId: string | null, readAt: string, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, reader: { id: string, type: ParticipantType, name: string | null } }
      | { __typename: 'QuickReplyChosen', conversationId: string | null, title: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      | { __typename: 'TypingChanged', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, typing: Array<{ id: string, type: ParticipantType, name: string | null }> }
      | { __typename: 'UnrecognizedEvent', conversationId: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    >, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type TurnQueryVariables = Exact<{
  id: string | number;
}>;


export type TurnQuery = { conversation: { id: string, state: ConversationState, messages: { nodes: Array<{ id: string }> } | null } | null };

export type HandOverMutationVariables = Exact<{
  conversationId: string | number;
  queueId: string | number;
  webhookId: string | number;
}>;


export type HandOverMutation = { scheduleReturnToBot: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> }, updateConversation: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type QueuesQueryVariables = Exact<{ [key: string]: never; }>;


export type QueuesQuery = { queues: Array<{ queueId: string, name: string | null }> };

export type ChatMessageFragment = { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> };

export type HandlingFragment = { id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null };

export type ConversationStatusFragment = { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null };

export type ConversationQueryVariables = Exact<{
  id: string | number;
  last?: number | null | undefined;
  before?: string | null | undefined;
  withEvents?: boolean | null | undefined;
}>;


export type ConversationQuery = { conversation: { latestCursor: string, id: string, state: ConversationState, typing: Array<{ id: string, type: ParticipantType, name: string | null }>, messages: { pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<{ id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> }> } | null, events?: { nodes: Array<
        | { __typename: 'AgentJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
        | { __typename: 'AgentLeft', endsInteraction: boolean | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
        | { __typename: 'CardActionInvoked', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'ChannelActivity', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'ConversationTransferred', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'ConversationUpdated', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'CustomerJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'CustomerLeft', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'InteractionEnded', reason: InteractionEndReason, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'InteractionQueued', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, queue: { queueId: string, name: string | null } }
        | { __typename: 'MessageAdded', isEcho: boolean, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } }
        | { __typename: 'MessagesRead', readAt: string, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, reader: { id: string, type: ParticipantType, name: string | null } }
        | { __typename: 'QuickReplyChosen', title: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'TypingChanged', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, typing: Array<{ id: string, type: ParticipantType, name: string | null }> }
        | { __typename: 'UnrecognizedEvent', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      > }, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null };

export type LatestCursorQueryVariables = Exact<{
  id: string | number;
}>;


export type LatestCursorQuery = { conversation: { id: string, latestCursor: string } | null };

export type ChannelsQueryVariables = Exact<{
  first?: number | null | undefined;
}>;


export type ChannelsQuery = { channels: { nodes: Array<{ id: string, name: string }> } };

export type CapabilitiesQueryVariables = Exact<{ [key: string]: never; }>;


export type CapabilitiesQuery = { gateway: { upstream: UpstreamKind, capabilities: Array<Capability> } };

export type CustomerPropertiesQueryVariables = Exact<{
  id: string | number;
}>;


export type CustomerPropertiesQuery = { conversation: { id: string, customer: { properties: Array<{ key: string, value: string | null }> } } | null };

export type UpdateConversationMutationVariables = Exact<{
  input: UpdateConversationInput;
}>;


export type UpdateConversationMutation = { updateConversation: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

type ChatEvent_AgentJoined_Fragment = { __typename: 'AgentJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } };

type ChatEvent_AgentLeft_Fragment = { __typename: 'AgentLeft', endsInteraction: boolean | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } };

type ChatEvent_CardActionInvoked_Fragment = { __typename: 'CardActionInvoked', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_ChannelActivity_Fragment = { __typename: 'ChannelActivity', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_ConversationTransferred_Fragment = { __typename: 'ConversationTransferred', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_ConversationUpdated_Fragment = { __typename: 'ConversationUpdated', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_CustomerJoined_Fragment = { __typename: 'CustomerJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_CustomerLeft_Fragment = { __typename: 'CustomerLeft', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_InteractionEnded_Fragment = { __typename: 'InteractionEnded', reason: InteractionEndReason, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_InteractionQueued_Fragment = { __typename: 'InteractionQueued', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, queue: { queueId: string, name: string | null } };

type ChatEvent_MessageAdded_Fragment = { __typename: 'MessageAdded', isEcho: boolean, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } };

type ChatEvent_MessagesRead_Fragment = { __typename: 'MessagesRead', readAt: string, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, reader: { id: string, type: ParticipantType, name: string | null } };

type ChatEvent_QuickReplyChosen_Fragment = { __typename: 'QuickReplyChosen', title: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

type ChatEvent_TypingChanged_Fragment = { __typename: 'TypingChanged', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, typing: Array<{ id: string, type: ParticipantType, name: string | null }> };

type ChatEvent_UnrecognizedEvent_Fragment = { __typename: 'UnrecognizedEvent', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean };

export type ChatEventFragment =
  | ChatEvent_AgentJoined_Fragment
  | ChatEvent_AgentLeft_Fragment
  | ChatEvent_CardActionInvoked_Fragment
  | ChatEvent_ChannelActivity_Fragment
  | ChatEvent_ConversationTransferred_Fragment
  | ChatEvent_ConversationUpdated_Fragment
  | ChatEvent_CustomerJoined_Fragment
  | ChatEvent_CustomerLeft_Fragment
  | ChatEvent_InteractionEnded_Fragment
  | ChatEvent_InteractionQueued_Fragment
  | ChatEvent_MessageAdded_Fragment
  | ChatEvent_MessagesRead_Fragment
  | ChatEvent_QuickReplyChosen_Fragment
  | ChatEvent_TypingChanged_Fragment
  | ChatEvent_UnrecognizedEvent_Fragment
;

export type EventsQueryVariables = Exact<{
  id: string | number;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type EventsQuery = { conversation: { id: string, events: { pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, nodes: Array<
        | { __typename: 'AgentJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
        | { __typename: 'AgentLeft', endsInteraction: boolean | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, agent: { id: string, name: string | null } }
        | { __typename: 'CardActionInvoked', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'ChannelActivity', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'ConversationTransferred', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'ConversationUpdated', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'CustomerJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'CustomerLeft', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'InteractionEnded', reason: InteractionEndReason, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'InteractionQueued', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, queue: { queueId: string, name: string | null } }
        | { __typename: 'MessageAdded', isEcho: boolean, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } }
        | { __typename: 'MessagesRead', readAt: string, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, reader: { id: string, type: ParticipantType, name: string | null } }
        | { __typename: 'QuickReplyChosen', title: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
        | { __typename: 'TypingChanged', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, typing: Array<{ id: string, type: ParticipantType, name: string | null }> }
        | { __typename: 'UnrecognizedEvent', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
      > } } | null };

export type ConversationEventsSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type ConversationEventsSubscription = { conversationEvents:
    | { __typename: 'AgentJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, conversation: { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null, agent: { id: string, name: string | null } }
    | { __typename: 'AgentLeft', endsInteraction: boolean | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, conversation: { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null, agent: { id: string, name: string | null } }
    | { __typename: 'CardActionInvoked', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'ChannelActivity', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'ConversationTransferred', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, conversation: { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null }
    | { __typename: 'ConversationUpdated', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'CustomerJoined', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'CustomerLeft', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'InteractionEnded', reason: InteractionEndReason, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, conversation: { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null }
    | { __typename: 'InteractionQueued', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, conversation: { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null, queue: { queueId: string, name: string | null } }
    | { __typename: 'MessageAdded', isEcho: boolean, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } }
    | { __typename: 'MessagesRead', readAt: string, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, reader: { id: string, type: ParticipantType, name: string | null } }
    | { __typename: 'QuickReplyChosen', title: string | null, id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
    | { __typename: 'TypingChanged', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean, typing: Array<{ id: string, type: ParticipantType, name: string | null }> }
    | { __typename: 'UnrecognizedEvent', id: string, type: ConversationEventType, cursor: string, occurredAt: string, replayed: boolean }
   };

export type MessageAddedSubscriptionVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type MessageAddedSubscription = { messageAdded: { id: string, cursor: string, replayed: boolean, isEcho: boolean, message: { id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> } } };

export type MessagesQueryVariables = Exact<{
  id: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type MessagesQuery = { conversation: { id: string, messages: { pageInfo: { hasPreviousPage: boolean, startCursor: string | null, hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, clientMessageId: string | null, createdAt: string | null, text: string | null, author: { id: string, type: ParticipantType, name: string | null }, attachments: Array<{ id: string, filename: string | null, contentType: string | null, sizeBytes: number | null, url: string }>, cards: Array<{ cardId: string | null, contentType: string, content: unknown, submitted: boolean, executed: boolean }> }> } | null } | null };

export type StatusQueryVariables = Exact<{
  id: string | number;
}>;


export type StatusQuery = { conversation: { id: string, state: ConversationState, interactions: { nodes: Array<{ id: string, startedAt: string | null, endedAt: string | null, waitSeconds: number | null, firstResponseSeconds: number | null, handleSeconds: number | null, transferCount: number | null, queues: Array<{ queuedAt: string, queue: { queueId: string, name: string | null } }> | null, handledBy: Array<{ joinedAt: string | null, leftAt: string | null, agent: { id: string, name: string | null } }> | null }> } | null } | null };

export type ComplaintFragment = { code: UserErrorCode, field: Array<string> | null, message: string };

export type CreateConversationMutationVariables = Exact<{
  input: CreateConversationInput;
}>;


export type CreateConversationMutation = { createConversation: { cursor: string | null, conversation: { id: string } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { startsNewInteraction: boolean | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type SendTypingMutationVariables = Exact<{
  input: SendTypingInput;
}>;


export type SendTypingMutation = { sendTyping: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type MarkReadMutationVariables = Exact<{
  input: MarkReadInput;
}>;


export type MarkReadMutation = { markRead: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type LeaveConversationMutationVariables = Exact<{
  input: LeaveConversationInput;
}>;


export type LeaveConversationMutation = { leaveConversation: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type CreateAttachmentUploadMutationVariables = Exact<{
  input: CreateAttachmentUploadInput;
}>;


export type CreateAttachmentUploadMutation = { createAttachmentUpload: { uploadUrl: string | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type SubmitCardMutationVariables = Exact<{
  input: SubmitCardInput;
}>;


export type SubmitCardMutation = { submitCard: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export type ExecuteCardMutationVariables = Exact<{
  input: ExecuteCardInput;
}>;


export type ExecuteCardMutation = { executeCard: { userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } };

export const HandlingFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Handling"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Interaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"waitSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"firstResponseSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"handleSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"transferCount"}},{"kind":"Field","name":{"kind":"Name","value":"queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queuedAt"}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"handledBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}},{"kind":"Field","name":{"kind":"Name","value":"leftAt"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<HandlingFragment, unknown>;
export const ConversationStatusFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConversationStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Conversation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"interactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Handling"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Handling"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Interaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"waitSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"firstResponseSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"handleSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"transferCount"}},{"kind":"Field","name":{"kind":"Name","value":"queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queuedAt"}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"handledBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}},{"kind":"Field","name":{"kind":"Name","value":"leftAt"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ConversationStatusFragment, unknown>;
export const ChatMessageFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}}]} as unknown as DocumentNode<ChatMessageFragment, unknown>;
export const ChatEventFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endsInteraction"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TypingChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessagesRead"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"reader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReplyChosen"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}}]} as unknown as DocumentNode<ChatEventFragment, unknown>;
export const ComplaintFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<ComplaintFragment, unknown>;
export const FeedStartDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FeedStart"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gateway"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"latestCursor"}}]}}]}}]} as unknown as DocumentNode<FeedStartQuery, FeedStartQueryVariables>;
export const AllConversationEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"AllConversationEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"types"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEventType"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"channelId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"shard"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Shard"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"allConversationEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"types"},"value":{"kind":"Variable","name":{"kind":"Name","value":"types"}}},{"kind":"Argument","name":{"kind":"Name","value":"channelId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"channelId"}}},{"kind":"Argument","name":{"kind":"Name","value":"shard"},"value":{"kind":"Variable","name":{"kind":"Name","value":"shard"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatEvent"}},{"kind":"Field","name":{"kind":"Name","value":"conversationId"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endsInteraction"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TypingChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessagesRead"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"reader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReplyChosen"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]} as unknown as DocumentNode<AllConversationEventsSubscription, AllConversationEventsSubscriptionVariables>;
export const EventFeedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"EventFeed"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"100"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"types"}},"type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEventType"}}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"channelId"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"shard"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Shard"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"eventFeed"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"types"},"value":{"kind":"Variable","name":{"kind":"Name","value":"types"}}},{"kind":"Argument","name":{"kind":"Name","value":"channelId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"channelId"}}},{"kind":"Argument","name":{"kind":"Name","value":"shard"},"value":{"kind":"Variable","name":{"kind":"Name","value":"shard"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatEvent"}},{"kind":"Field","name":{"kind":"Name","value":"conversationId"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endsInteraction"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TypingChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessagesRead"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"reader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReplyChosen"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]} as unknown as DocumentNode<EventFeedQuery, EventFeedQueryVariables>;
export const TurnDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Turn"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]}}]} as unknown as DocumentNode<TurnQuery, TurnQueryVariables>;
export const HandOverDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"HandOver"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"queueId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"webhookId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scheduleReturnToBot"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"webhookId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"webhookId"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"updateConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"assignment"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"type"},"value":{"kind":"EnumValue","value":"QUEUE"}},{"kind":"ObjectField","name":{"kind":"Name","value":"targetId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"queueId"}}}]}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<HandOverMutation, HandOverMutationVariables>;
export const QueuesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<QueuesQuery, QueuesQueryVariables>;
export const ConversationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Conversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"50"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"withEvents"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}},"defaultValue":{"kind":"BooleanValue","value":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}},{"kind":"Field","name":{"kind":"Name","value":"latestCursor"}},{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"events"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"100"}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"withEvents"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatEvent"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Handling"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Interaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"waitSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"firstResponseSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"handleSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"transferCount"}},{"kind":"Field","name":{"kind":"Name","value":"queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queuedAt"}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"handledBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}},{"kind":"Field","name":{"kind":"Name","value":"leftAt"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConversationStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Conversation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"interactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Handling"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endsInteraction"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TypingChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessagesRead"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"reader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReplyChosen"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]} as unknown as DocumentNode<ConversationQuery, ConversationQueryVariables>;
export const LatestCursorDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"LatestCursor"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"latestCursor"}}]}}]}}]} as unknown as DocumentNode<LatestCursorQuery, LatestCursorQueryVariables>;
export const ChannelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Channels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"20"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"channels"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ChannelsQuery, ChannelsQueryVariables>;
export const CapabilitiesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Capabilities"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"gateway"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"upstream"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}}]}}]}}]} as unknown as DocumentNode<CapabilitiesQuery, CapabilitiesQueryVariables>;
export const CustomerPropertiesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"CustomerProperties"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"customer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"properties"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"key"}},{"kind":"Field","name":{"kind":"Name","value":"value"}}]}}]}}]}}]}}]} as unknown as DocumentNode<CustomerPropertiesQuery, CustomerPropertiesQueryVariables>;
export const UpdateConversationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateConversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateConversationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<UpdateConversationMutation, UpdateConversationMutationVariables>;
export const EventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Events"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"100"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"events"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatEvent"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endsInteraction"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TypingChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessagesRead"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"reader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReplyChosen"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]} as unknown as DocumentNode<EventsQuery, EventsQueryVariables>;
export const ConversationEventsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ConversationEvents"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversationEvents"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatEvent"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationTransferred"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Handling"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Interaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"waitSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"firstResponseSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"handleSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"transferCount"}},{"kind":"Field","name":{"kind":"Name","value":"queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queuedAt"}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"handledBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}},{"kind":"Field","name":{"kind":"Name","value":"leftAt"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatEvent"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationEvent"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionQueued"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentJoined"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AgentLeft"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"endsInteraction"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InteractionEnded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessageAdded"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TypingChanged"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"typing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"MessagesRead"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"readAt"}},{"kind":"Field","name":{"kind":"Name","value":"reader"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"QuickReplyChosen"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConversationStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Conversation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"interactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Handling"}}]}}]}}]}}]} as unknown as DocumentNode<ConversationEventsSubscription, ConversationEventsSubscriptionVariables>;
export const MessageAddedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"MessageAdded"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"messageAdded"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"isEcho"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}}]} as unknown as DocumentNode<MessageAddedSubscription, MessageAddedSubscriptionVariables>;
export const MessagesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Messages"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ChatMessage"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ChatMessage"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Message"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"clientMessageId"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"text"}},{"kind":"Field","name":{"kind":"Name","value":"author"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"attachments"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"filename"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}},{"kind":"Field","name":{"kind":"Name","value":"cards"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cardId"}},{"kind":"Field","name":{"kind":"Name","value":"contentType"}},{"kind":"Field","name":{"kind":"Name","value":"content"}},{"kind":"Field","name":{"kind":"Name","value":"submitted"}},{"kind":"Field","name":{"kind":"Name","value":"executed"}}]}}]}}]} as unknown as DocumentNode<MessagesQuery, MessagesQueryVariables>;
export const StatusDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Status"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ConversationStatus"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Handling"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Interaction"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"endedAt"}},{"kind":"Field","name":{"kind":"Name","value":"waitSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"firstResponseSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"handleSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"transferCount"}},{"kind":"Field","name":{"kind":"Name","value":"queues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queuedAt"}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"queueId"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"handledBy"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"joinedAt"}},{"kind":"Field","name":{"kind":"Name","value":"leftAt"}},{"kind":"Field","name":{"kind":"Name","value":"agent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ConversationStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Conversation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"interactions"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"10"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Handling"}}]}}]}}]}}]} as unknown as DocumentNode<StatusQuery, StatusQueryVariables>;
export const CreateConversationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateConversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateConversationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<CreateConversationMutation, CreateConversationMutationVariables>;
export const SendMessageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SendMessage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SendMessageInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sendMessage"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startsNewInteraction"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<SendMessageMutation, SendMessageMutationVariables>;
export const SendTypingDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SendTyping"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SendTypingInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sendTyping"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<SendTypingMutation, SendTypingMutationVariables>;
export const MarkReadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"MarkRead"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"MarkReadInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"markRead"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<MarkReadMutation, MarkReadMutationVariables>;
export const LeaveConversationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LeaveConversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LeaveConversationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"leaveConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<LeaveConversationMutation, LeaveConversationMutationVariables>;
export const CreateAttachmentUploadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateAttachmentUpload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateAttachmentUploadInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createAttachmentUpload"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadUrl"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<CreateAttachmentUploadMutation, CreateAttachmentUploadMutationVariables>;
export const SubmitCardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SubmitCard"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SubmitCardInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"submitCard"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<SubmitCardMutation, SubmitCardMutationVariables>;
export const ExecuteCardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ExecuteCard"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ExecuteCardInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"executeCard"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Complaint"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Complaint"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<ExecuteCardMutation, ExecuteCardMutationVariables>;