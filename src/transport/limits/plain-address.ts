import { isIP } from 'node:net';

/** `[ADDRESS]` or `[ADDRESS]:PORT`. */
const IN_BRACKETS = /^\[(.*)\](?::\d{1,5})?$/;
const PORT = /:\d{1,5}$/;
const ZONE = /%.*$/;
const MAPPED = /^::ffff:(?=\d+\.)/i;

/**
 * An IP address as proxies write it, without port, brackets, zone and IPv6's prefix of mapped IPv4 addresses. Some write `ADDRESS:PORT` in `X-Forwarded-For` (Azure's
 * Application Gateway, say): with the port each connection would count as another client, and a proxy that is written so would not be trusted. What is no address stays as it is.
 */
export function plainAddress(text: string): string {
  const inner = IN_BRACKETS.exec(text)?.[1] ?? text;
  const address = isIP(inner) === 0 ? inner.replace(PORT, '') : inner;
  return isIP(address) === 0 ? text : address.replace(ZONE, '').replace(MAPPED, '');
}
