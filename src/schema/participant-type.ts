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
  description: 'Who takes part. OTHER: somebody of a kind not known to this gateway.',
});
