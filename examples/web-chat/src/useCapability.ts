import { useQuery } from '@apollo/client/react';
import { CapabilitiesDocument } from 'chat-graphql-gateway-client/documents';
import type { Capability } from 'chat-graphql-gateway-client/documents';

/** Whether the contact centre behind the gateway can do something; asked once. `false` while it is not known. */
export function useCapability(capability: Capability): boolean {
  const { data } = useQuery(CapabilitiesDocument);
  return data?.gateway.capabilities.includes(capability) ?? false;
}
