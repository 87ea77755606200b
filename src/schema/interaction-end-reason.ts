import { registerEnumType } from 'type-graphql';

export const InteractionEndReason = {
  AGENT_LEFT: 'AGENT_LEFT',
  CUSTOMER_LEFT: 'CUSTOMER_LEFT',
  OTHER: 'OTHER',
} as const;

registerEnumType(InteractionEndReason, {
  name: 'InteractionEndReason',
  description: 'Why an interaction is over.',
});
