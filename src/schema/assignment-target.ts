import { registerEnumType } from 'type-graphql';

export const AssignmentTarget = {
  QUEUE: 'QUEUE',
  SCRIPT: 'SCRIPT',
} as const;

registerEnumType(AssignmentTarget, {
  name: 'AssignmentTarget',
  description: 'What a conversation can be handed to.',
});
