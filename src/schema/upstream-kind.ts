import { registerEnumType } from 'type-graphql';

export const UpstreamKind = {
  CHAT_GATEWAY_V1: 'CHAT_GATEWAY_V1',
  CHAT_API_V2: 'CHAT_API_V2',
} as const;

registerEnumType(UpstreamKind, {
  name: 'UpstreamKind',
  description: 'API generation of the contact centre.',
  valuesConfig: {
    CHAT_GATEWAY_V1: { description: 'Chat Gateway API, version 1.' },
    CHAT_API_V2: { description: 'Chat API, version 2.' },
  },
});
