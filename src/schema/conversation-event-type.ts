import { registerEnumType } from 'type-graphql';
import type { EventType } from '../domain/event.js';
import { EVENT_TYPES } from '../domain/events/event-table.js';

export const ConversationEventType = Object.fromEntries(EVENT_TYPES.map((type) => [type, type])) as { readonly [K in EventType]: K };

registerEnumType(ConversationEventType, {
  name: 'ConversationEventType',
  description: 'What kind of event it is; each has an object type of its own.',
});
