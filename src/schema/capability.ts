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
  HEALING: 'HEALING',
} as const;

registerEnumType(Capability, {
  name: 'Capability',
  description:
    'Optional feature of the upstream API. A field or argument that needs a missing capability is null or fails with UNSUPPORTED_BY_UPSTREAM.',
  valuesConfig: {
    ATTACHMENTS: { description: 'Files can be uploaded, sent and downloaded.' },
    CARDS: { description: 'Cards can be sent, submitted and executed.' },
    TYPING: { description: 'Typing indicators can be sent to the agent and are received for all participants.' },
    THINKING: { description: 'The agent can be shown that the bot is preparing an answer (`sendThinking`).' },
    READ_RECEIPTS: { description: 'Read receipts can be sent (`markRead`).' },
    ASSIGNMENT: { description: 'Conversations can be assigned, and the assignment is also known between two interactions.' },
    UPDATE_CONVERSATION: { description: 'Conversations can be updated, and updates arrive as `ConversationUpdated` events.' },
    RETURN_TO_BOT: { description: 'A conversation can return to a bot after its agent has left (`scheduleReturnToBot`).' },
    MESSAGE_TRANSLATION: { description: 'Messages have a `translatedText`.' },
    MESSAGE_LOOKUP: { description: 'Messages have an id in the contact centre and can be fetched by it.' },
    FILTER_BY_STATE: { description: 'Conversations can be filtered by `status`.' },
    FILTER_BY_PROPERTY: { description: 'Conversations can be filtered by customer `properties`.' },
    ORDER_BY_CREATION: { description: 'Conversations can be sorted by creation time.' },
    MESSAGE_TIMES: {
      description: 'Every message in the history has a `createdAt`; without it only messages that this gateway received as events do.',
    },
    CUSTOMER_PRESENCE: { description: '`Participant.removed` is known for customers and bots; for agents it is derived from events.' },
    CHANNEL_TYPES: { description: 'Channels report their type; without it every channel is CHAT_API.' },
    AGENT_NAMES: { description: 'Events include the names of agents.' },
    HEALING: {
      description: 'Messages whose webhook never arrived are found in the history and delivered as events with the source HISTORY.',
    },
  },
});
