import { useQuery } from '@apollo/client/react';
import { CapabilitiesDocument } from 'chat-graphql-gateway-client/documents';
import type { Capability } from 'chat-graphql-gateway-client/documents';

/** Whether the contact centre supports something; queried once. `false` while unknown. */
export function useCapability(capability: Capability): boolean {
  const { data } = useQuery(CapabilitiesDocument);
  return data?.gateway.capabilities.includes(capability) ?? false;
}
