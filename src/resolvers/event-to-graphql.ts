import type { Delivery } from '../events/port/stored-event.js';
import type { ConversationEvent as DomainEvent, EventType } from '../domain/event.js';
import type { NamedMessage } from '../domain/message.js';
import type { ConversationEvent } from '../schema/conversation-event.js';
import { EVENT_OBJECT_TYPES } from '../schema/event-object-types.js';
import type { MessageAdded } from '../schema/message-added.js';
import { toAgent, toMessage, toParticipant } from './to-graphql.js';

type EventObject<T extends EventType> = InstanceType<(typeof EVENT_OBJECT_TYPES)[T]>;

/** The fields of an event's object besides those of the interface, without those that a resolver computes. */
type OwnFields<T extends EventType> = Omit<EventObject<T>, keyof ConversationEvent>;

/** The own fields of each event type. A type or a field that is missing is a compiler error. */
const OWN_FIELDS: { readonly [T in EventType]: (event: DomainEvent<T>, message: NamedMessage | null) => OwnFields<T> } = {
  INTERACTION_QUEUED: ({ data }) => data,
  AGENT_JOINED: ({ data }) => ({ agent: toAgent(data.agent) }),
  AGENT_LEFT: ({ data }) => ({ agent: toAgent(data.agent) }),
  CONVERSATION_TRANSFERRED: () => ({}),
  INTERACTION_ENDED: ({ data }) => data,
  CUSTOMER_JOINED: () => ({}),
  CUSTOMER_LEFT: () => ({}),
  MESSAGE_ADDED: ({ data }, message) => ({
    // Without its message, selecting the field is an error.
    message: (message === null ? undefined : toMessage(message)) as MessageAdded['message'],
    isEcho: data.isEcho,
  }),
  TYPING_CHANGED: ({ data, conversationId }) => ({ typing: data.typing.map((record) => toParticipant(conversationId ?? '', record)) }),
  MESSAGES_READ: ({ data, conversationId }) => ({ readAt: data.readAt, reader: toParticipant(conversationId ?? '', data.reader) }),
  CONVERSATION_UPDATED: ({ data }) => data,
  CARD_ACTION_INVOKED: ({ data }) => data,
  QUICK_REPLY_CHOSEN: ({ data }) => data,
  CHANNEL_ACTIVITY: ({ data }) => data,
  // A webhook may consist of null, which `payload` cannot be: the event would be without data.
  UNRECOGNIZED: ({ data }) => ({ eventType: data.eventType, payload: data.payload ?? {} }),
};

/** The schema's object for an event. `message`: with its identity; only for `MESSAGE_ADDED`. */
export function toConversationEvent(
  { event, cursor, replayed }: Pick<Delivery, 'event' | 'cursor' | 'replayed'>,
  message: NamedMessage | null,
): ConversationEvent {
  const object: ConversationEvent = new EVENT_OBJECT_TYPES[event.type]();
  object.id = event.id;
  object.type = event.type;
  object.conversationId = event.conversationId;
  object.occurredAt = event.occurredAt;
  object.receivedAt = event.receivedAt;
  object.source = event.source;
  object.cursor = cursor;
  object.replayed = replayed;
  // The row of the event's own type, which TypeScript cannot correlate.
  return Object.assign(object, OWN_FIELDS[event.type](event as never, message));
}
