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
  description: 'Kind of assignee of a conversation.',
  valuesConfig: {
    QUEUE: { description: 'Waiting in a queue.' },
    AGENT: { description: 'Handled by an agent.' },
    SCRIPT: { description: 'Handled by a script of the contact centre: a bot.' },
    WEBHOOK: { description: 'Handled by an integration through its webhook: a bot.' },
    OTHER: { description: 'A kind that this gateway does not know.' },
  },
});
