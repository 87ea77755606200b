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
  description: 'Medium that the customer uses.',
  valuesConfig: {
    CHAT_API: { description: 'An integration through the chat API.' },
    WEB_CHAT: { description: "The contact centre's own web chat." },
    SMS: { description: 'SMS text messages.' },
    WHATSAPP: { description: 'WhatsApp.' },
    FACEBOOK: { description: 'Facebook Messenger.' },
    TWITTER: { description: 'Twitter (X).' },
    VIBER: { description: 'Viber.' },
    RCS: { description: 'RCS messages.' },
    EMAIL: { description: 'Email.' },
    OTHER: { description: 'A medium that this gateway does not know; see `Channel.rawType`.' },
  },
});
