import { registerEnumType } from 'type-graphql';

export const InteractionEndReason = {
  AGENT_LEFT: 'AGENT_LEFT',
  CUSTOMER_LEFT: 'CUSTOMER_LEFT',
  OTHER: 'OTHER',
} as const;

registerEnumType(InteractionEndReason, {
  name: 'InteractionEndReason',
  description: 'Why an interaction ended.',
  valuesConfig: {
    AGENT_LEFT: { description: 'The last agent left.' },
    CUSTOMER_LEFT: { description: 'The customer left.' },
    OTHER: { description: 'Another or an unknown reason, such as a timeout.' },
  },
});
