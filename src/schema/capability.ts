import { registerEnumType } from 'type-graphql';

export const Capability = {
  ATTACHMENTS: 'ATTACHMENTS',
  CARDS: 'CARDS',
  TYPING: 'TYPING',
  THINKING: 'THINKING',
  READ_RECEIPTS: 'READ_RECEIPTS',
  ASSIGNMENT: 'ASSIGNMENT',
  UPDATE_CONVERSATION: 'UPDATE_CONVERSATION',
  RETURN_TO_BOT: 'RETURN_TO_BOT',
  MESSAGE_TRANSLATION: 'MESSAGE_TRANSLATION',
  MESSAGE_LOOKUP: 'MESSAGE_LOOKUP',
  FILTER_BY_STATE: 'FILTER_BY_STATE',
  FILTER_BY_PROPERTY: 'FILTER_BY_PROPERTY',
  ORDER_BY_CREATION: 'ORDER_BY_CREATION',
  MESSAGE_TIMES: 'MESSAGE_TIMES',
  CUSTOMER_PRESENCE: 'CUSTOMER_PRESENCE',
  CHANNEL_TYPES: 'CHANNEL_TYPES',
  AGENT_NAMES: 'AGENT_NAMES',
} as const;

registerEnumType(Capability, {
  name: 'Capability',
  description:
    'What an upstream may or may not be able to do, or to tell. What needs one that is not there is refused with UNSUPPORTED_BY_UPSTREAM, or null.',
  valuesConfig: {
    ASSIGNMENT: { description: 'Conversations can be assigned, and tell whom they are assigned to also between two interactions.' },
    UPDATE_CONVERSATION: { description: 'Conversations can be changed, and `ConversationUpdated` tells of it.' },
    TYPING: { description: 'Typing can be shown to the agent, and is told of everybody.' },
    MESSAGE_TRANSLATION: { description: 'Messages tell a `translatedText`.' },
    MESSAGE_LOOKUP: { description: "Messages have the vendor's ids, and can be found by them." },
    MESSAGE_TIMES: {
      description: 'Every message of the history has its `createdAt`; else only those of which this gateway knows an event.',
    },
    CUSTOMER_PRESENCE: { description: 'Participants tell whether the customer or the bot has left (`removed`); of agents, events do.' },
    CHANNEL_TYPES: { description: "Channels tell their type in the vendor's word; else all are CHAT_API." },
    AGENT_NAMES: { description: 'Events tell the names of agents.' },
  },
});
