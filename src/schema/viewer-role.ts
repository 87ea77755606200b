import { registerEnumType } from 'type-graphql';

export const ViewerRole = {
  ANONYMOUS: 'ANONYMOUS',
  CUSTOMER: 'CUSTOMER',
  SERVICE: 'SERVICE',
  ADMIN: 'ADMIN',
} as const;

registerEnumType(ViewerRole, {
  name: 'ViewerRole',
  description: 'CUSTOMER: its own conversations. SERVICE: all conversations. ADMIN: channels and webhooks too.',
});
