import { registerEnumType } from 'type-graphql';

export const ConversationState = {
  CREATED: 'CREATED',
  BOT: 'BOT',
  QUEUED: 'QUEUED',
  ACTIVE: 'ACTIVE',
  TRANSFERRING: 'TRANSFERRING',
  IDLE: 'IDLE',
  UNKNOWN: 'UNKNOWN',
} as const;

registerEnumType(ConversationState, {
  name: 'ConversationState',
  description: 'State of a conversation, derived from its events and reconciled with the upstream.',
  valuesConfig: {
    CREATED: { description: 'Created; its first interaction has not started yet.' },
    BOT: { description: 'Assigned to a bot.' },
    QUEUED: { description: 'Waiting for an agent.' },
    ACTIVE: { description: 'An agent has joined.' },
    TRANSFERRING: { description: 'Being transferred from one agent to another within an interaction.' },
    IDLE: { description: 'Its last interaction has ended; a new message starts another one.' },
    UNKNOWN: { description: 'Neither the events nor the upstream determine the state.' },
  },
});
