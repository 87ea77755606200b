import { registerEnumType } from 'type-graphql';

export const ViewerRole = {
  ANONYMOUS: 'ANONYMOUS',
  CUSTOMER: 'CUSTOMER',
  SERVICE: 'SERVICE',
  ADMIN: 'ADMIN',
} as const;

registerEnumType(ViewerRole, {
  name: 'ViewerRole',
  description: "What the caller's token allows.",
  valuesConfig: {
    ANONYMOUS: { description: 'No token.' },
    CUSTOMER: { description: "The customer's own conversations, or those listed in the token." },
    SERVICE: { description: 'All conversations.' },
    ADMIN: { description: 'All conversations, channels and webhooks.' },
  },
});
