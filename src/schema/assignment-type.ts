import { registerEnumType } from 'type-graphql';

export const AssignmentType = {
  QUEUE: 'QUEUE',
  AGENT: 'AGENT',
  SCRIPT: 'SCRIPT',
  WEBHOOK: 'WEBHOOK',
  OTHER: 'OTHER',
} as const;

registerEnumType(AssignmentType, {
  name: 'AssignmentType',
  description: 'What a conversation can be assigned to. SCRIPT and WEBHOOK: a bot. OTHER: something not known to this gateway.',
});
