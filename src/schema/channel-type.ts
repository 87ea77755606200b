import { registerEnumType } from 'type-graphql';

export const ChannelType = {
  CHAT_API: 'CHAT_API',
  WEB_CHAT: 'WEB_CHAT',
  SMS: 'SMS',
  WHATSAPP: 'WHATSAPP',
  FACEBOOK: 'FACEBOOK',
  TWITTER: 'TWITTER',
  VIBER: 'VIBER',
  RCS: 'RCS',
  EMAIL: 'EMAIL',
  OTHER: 'OTHER',
} as const;

registerEnumType(ChannelType, {
  name: 'ChannelType',
  description: 'By which way the customer writes. OTHER: see `rawType`.',
});
