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
  description: 'Where a conversation stands, by its events, corrected by the upstream.',
  valuesConfig: {
    CREATED: { description: 'Nothing has happened in it yet.' },
    BOT: { description: 'Assigned to a script.' },
    QUEUED: { description: 'Waits for an agent.' },
    ACTIVE: { description: 'An agent has joined.' },
    TRANSFERRING: { description: 'Between two agents of one interaction.' },
    IDLE: { description: 'Over; a new message queues it again.' },
    UNKNOWN: { description: 'Neither the events nor the upstream tell.' },
  },
});
