import type { EventType } from '../domain/event.js';
import { AgentJoined } from './agent-joined.js';
import { AgentLeft } from './agent-left.js';
import { CardActionInvoked } from './card-action-invoked.js';
import { ChannelActivity } from './channel-activity.js';
import type { ConversationEvent } from './conversation-event.js';
import { ConversationTransferred } from './conversation-transferred.js';
import { ConversationUpdated } from './conversation-updated.js';
import { CustomerJoined } from './customer-joined.js';
import { CustomerLeft } from './customer-left.js';
import { InteractionEnded } from './interaction-ended.js';
import { InteractionQueued } from './interaction-queued.js';
import { MessageAdded } from './message-added.js';
import { MessagesRead } from './messages-read.js';
import { QuickReplyChosen } from './quick-reply-chosen.js';
import { TypingChanged } from './typing-changed.js';
import { UnrecognizedEvent } from './unrecognized-event.js';

/** The object type of each event type. */
export const EVENT_OBJECT_TYPES = {
  INTERACTION_QUEUED: InteractionQueued,
  AGENT_JOINED: AgentJoined,
  AGENT_LEFT: AgentLeft,
  CONVERSATION_TRANSFERRED: ConversationTransferred,
  INTERACTION_ENDED: InteractionEnded,
  CUSTOMER_JOINED: CustomerJoined,
  CUSTOMER_LEFT: CustomerLeft,
  MESSAGE_ADDED: MessageAdded,
  TYPING_CHANGED: TypingChanged,
  MESSAGES_READ: MessagesRead,
  CONVERSATION_UPDATED: ConversationUpdated,
  CARD_ACTION_INVOKED: CardActionInvoked,
  QUICK_REPLY_CHOSEN: QuickReplyChosen,
  CHANNEL_ACTIVITY: ChannelActivity,
  UNRECOGNIZED: UnrecognizedEvent,
} as const satisfies Readonly<Record<EventType, new () => ConversationEvent>>;
