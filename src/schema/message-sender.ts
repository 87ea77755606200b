import { registerEnumType } from 'type-graphql';

export const MessageSender = {
  CUSTOMER: 'CUSTOMER',
  BOT: 'BOT',
} as const;

registerEnumType(MessageSender, {
  name: 'MessageSender',
  description: 'As whom a message is written.',
});
