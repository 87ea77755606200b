import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** `[ADDRESS]` or `[ADDRESS]:PORT`. */
const IN_BRACKETS = /^\[(.*)\](?::\d{1,5})?$/;
const PORT = /:\d{1,5}$/;
const ZONE = /%.*$/;
/** How Node writes an IPv4 peer of a socket that listens on both; most requests have it, and parsing takes ten times as long as cutting it off. */
const MAPPED = /^::ffff:(?=\d+\.)/i;

/**
 * An IP address without the port, brackets and zone that a proxy may write; an IPv4 address that is mapped into IPv6, in whichever form, as IPv4. Some proxies write
 * `ADDRESS:PORT` in `X-Forwarded-For` (Azure Application Gateway, for one): with the port each connection would count as another client, and a trusted proxy would not be
 * recognised. Text that is not an address is returned unchanged. Node has no address of a peer that is gone: an empty text.
 */
export function plainAddress(text: string | undefined): string {
  if (text === undefined) return '';
  const inner = IN_BRACKETS.exec(text)?.[1] ?? text;
  // The zone first: Node accepts more characters in it than `ipaddr.js`, which throws.
  const address = (isIP(inner) === 0 ? inner.replace(PORT, '') : inner).replace(ZONE, '').replace(MAPPED, '');
  // `ipaddr.js` alone would also accept `1` and `010.0.0.1`.
  const version = isIP(address);
  if (version === 0) return text;
  return version === 4 ? address : ipaddr.process(address).toString();
}
