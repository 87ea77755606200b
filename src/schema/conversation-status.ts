import { registerEnumType } from 'type-graphql';

export const ConversationStatus = {
  CREATED: 'CREATED',
  OPEN: 'OPEN',
  IDLE: 'IDLE',
} as const;

registerEnumType(ConversationStatus, {
  name: 'ConversationStatus',
  description: "The upstream's own status of a conversation, coarser than `ConversationState`.",
  valuesConfig: {
    CREATED: { description: 'No interaction has started yet.' },
    OPEN: { description: 'An interaction is in progress or about to start.' },
    IDLE: { description: 'The last interaction has ended.' },
  },
});
