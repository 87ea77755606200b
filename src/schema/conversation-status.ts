import { registerEnumType } from 'type-graphql';

export const ConversationStatus = {
  CREATED: 'CREATED',
  OPEN: 'OPEN',
  IDLE: 'IDLE',
} as const;

registerEnumType(ConversationStatus, {
  name: 'ConversationStatus',
  description: "The upstream's own notion of where a conversation stands, which is coarser than `ConversationState`.",
  valuesConfig: {
    CREATED: { description: 'No interaction has begun yet.' },
    OPEN: { description: 'An interaction goes on or is about to.' },
    IDLE: { description: 'Its last interaction is over.' },
  },
});
