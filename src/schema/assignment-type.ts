import { registerEnumType } from 'type-graphql';

export const AssignmentType = {
  QUEUE: 'QUEUE',
  AGENT: 'AGENT',
  SCRIPT: 'SCRIPT',
  OTHER: 'OTHER',
} as const;

registerEnumType(AssignmentType, {
  name: 'AssignmentType',
  description: 'What a conversation can be assigned to. OTHER: something not known to this gateway.',
});
