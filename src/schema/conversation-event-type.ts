import { registerEnumType } from 'type-graphql';
import type { EventType } from '../domain/event.js';
import { EVENT_TABLE, EVENT_TYPES } from '../domain/events/event-table.js';

export const ConversationEventType = Object.fromEntries(EVENT_TYPES.map((type) => [type, type])) as { readonly [K in EventType]: K };

registerEnumType(ConversationEventType, {
  name: 'ConversationEventType',
  description: 'Type of a conversation event; each value has an object type of its own.',
  valuesConfig: EVENT_TABLE,
});
