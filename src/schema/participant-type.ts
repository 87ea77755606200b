import { registerEnumType } from 'type-graphql';

export const ParticipantType = {
  CUSTOMER: 'CUSTOMER',
  BOT: 'BOT',
  AGENT: 'AGENT',
  SYSTEM: 'SYSTEM',
  OTHER: 'OTHER',
} as const;

registerEnumType(ParticipantType, {
  name: 'ParticipantType',
  description: 'Role of a participant in a conversation.',
  valuesConfig: {
    CUSTOMER: { description: 'The customer.' },
    BOT: { description: 'A bot.' },
    AGENT: { description: 'An agent of the contact centre.' },
    SYSTEM: { description: 'The contact centre itself.' },
    OTHER: { description: 'A role that this gateway does not know.' },
  },
});
