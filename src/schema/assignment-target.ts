import { registerEnumType } from 'type-graphql';

export const AssignmentTarget = {
  QUEUE: 'QUEUE',
  SCRIPT: 'SCRIPT',
} as const;

registerEnumType(AssignmentTarget, {
  name: 'AssignmentTarget',
  description: 'What a conversation can be assigned to through this API.',
  valuesConfig: {
    QUEUE: { description: 'A queue, whose agents answer the conversation.' },
    SCRIPT: { description: 'A script of the contact centre, which routes or answers the conversation.' },
  },
});
