import { registerEnumType } from 'type-graphql';

export const UpstreamKind = {
  CHAT_GATEWAY_V1: 'CHAT_GATEWAY_V1',
  CHAT_API_V2: 'CHAT_API_V2',
} as const;

registerEnumType(UpstreamKind, {
  name: 'UpstreamKind',
  description: 'The generation of the contact centre API behind this gateway.',
});
