import type { Delivery } from '../events/port/event-log.js';
import type { ConversationEvent as DomainEvent, EventData, EventType } from '../domain/event.js';
import type { NamedMessage } from '../domain/message.js';
import { AgentJoined } from '../schema/agent-joined.js';
import { AgentLeft } from '../schema/agent-left.js';
import { CardActionInvoked } from '../schema/card-action-invoked.js';
import { ChannelActivity } from '../schema/channel-activity.js';
import type { ConversationEvent } from '../schema/conversation-event.js';
import { ConversationTransferred } from '../schema/conversation-transferred.js';
import { ConversationUpdated } from '../schema/conversation-updated.js';
import { CustomerJoined } from '../schema/customer-joined.js';
import { CustomerLeft } from '../schema/customer-left.js';
import { InteractionEnded } from '../schema/interaction-ended.js';
import { InteractionQueued } from '../schema/interaction-queued.js';
import { MessageAdded } from '../schema/message-added.js';
import { MessagesRead } from '../schema/messages-read.js';
import { QuickReplyChosen } from '../schema/quick-reply-chosen.js';
import { TypingChanged } from '../schema/typing-changed.js';
import { UnrecognizedEvent } from '../schema/unrecognized-event.js';
import { toAgent, toMessage, toParticipant } from './to-graphql.js';

const TYPES: Readonly<Record<EventType, new () => ConversationEvent>> = {
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
};

/** The schema's object for an event. `message`: only with `MESSAGE_ADDED`. */
export function toConversationEvent(
  delivery: Pick<Delivery, 'event' | 'cursor' | 'replayed'>,
  message: NamedMessage | null,
): ConversationEvent {
  const { event } = delivery;
  if (event.type === 'MESSAGE_ADDED') return messageAdded(delivery, event.data, message);
  const presented = new TYPES[event.type]();
  present(presented, delivery);
  return Object.assign(presented, details(event));
}

/** Of these there are more than of all others: filled field by field, which costs less than copying. */
function messageAdded(
  delivery: Pick<Delivery, 'event' | 'cursor' | 'replayed'>,
  { isEcho }: EventData['MESSAGE_ADDED'],
  message: NamedMessage | null,
): MessageAdded {
  const presented = new MessageAdded();
  present(presented, delivery);
  if (message !== null) presented.message = toMessage(message);
  presented.isEcho = isEcho;
  return presented;
}

function present(presented: ConversationEvent, { event, cursor, replayed }: Pick<Delivery, 'event' | 'cursor' | 'replayed'>): void {
  presented.id = event.id;
  presented.type = event.type;
  presented.conversationId = event.conversationId;
  presented.occurredAt = event.occurredAt;
  presented.receivedAt = event.receivedAt;
  presented.cursor = cursor;
  presented.replayed = replayed;
}

/** What an event of this type has beside the fields that all have; `MESSAGE_ADDED` by itself. */
function details(event: Exclude<DomainEvent, DomainEvent<'MESSAGE_ADDED'>>): object {
  const conversationId = event.conversationId ?? '';
  switch (event.type) {
    case 'AGENT_JOINED':
    case 'AGENT_LEFT':
      return { agent: toAgent(event.data.agent) };
    case 'TYPING_CHANGED':
      return { typing: event.data.typing.map((participant) => toParticipant(conversationId, participant)) };
    case 'MESSAGES_READ':
      return { readAt: event.data.readAt, reader: toParticipant(conversationId, event.data.reader) };
    case 'CONVERSATION_TRANSFERRED':
    case 'CUSTOMER_JOINED':
    case 'CUSTOMER_LEFT':
      return {};
    default:
      return event.data;
  }
}
