import { isIPv6 } from 'node:net';
import { plainAddress } from './plain-address.js';

/** The groups of an IPv6 address that name a network; whoever has one has all 2^64 addresses in it. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** Whom requests from an address are counted for: the address, of IPv6 its network (/64); without a port, if a proxy wrote one. */
export function addressKey(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groupsOf = (part: string) => part.split(':').filter(Boolean);
  const [left, right] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? 0 : GROUPS - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right];
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
