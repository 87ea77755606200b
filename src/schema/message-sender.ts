import { registerEnumType } from 'type-graphql';

export const MessageSender = {
  CUSTOMER: 'CUSTOMER',
  BOT: 'BOT',
} as const;

registerEnumType(MessageSender, {
  name: 'MessageSender',
  description: 'Participant on whose behalf an integration writes.',
  valuesConfig: {
    CUSTOMER: { description: 'The customer.' },
    BOT: { description: 'A bot of the integration.' },
  },
});
