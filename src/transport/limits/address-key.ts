import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { plainAddress } from './plain-address.js';

/** The 16-bit groups of an IPv6 address that name its network; whoever has one has all 2^64 addresses in it. */
const NETWORK_GROUPS = 4;

/** The key under which requests from an address are counted: an IPv4 address itself, or the /64 network of an IPv6 address; without a port. Empty for a peer that is gone. */
export function addressKey(address: string | undefined): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const network = ipaddr.IPv6.parse(plain).parts.slice(0, NETWORK_GROUPS);
  return `${network.map((group) => group.toString(16)).join(':')}::/64`;
}
