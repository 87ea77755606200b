import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isOriginAmong } from './origin-pattern.js';

/**
 * Whether a page may open a socket here: a page of this gateway's own, or of one that fits `origins`. Browsers do not ask before they open a socket, as they do
 * for requests, but send an origin. A client without an origin is no page.
 *
 * A host's name that is not `publicUrl`'s counts as ours only where it is an address or `localhost`: any other name might have been made to lead here by the page's
 * owner (DNS rebinding).
 */
export function isAllowedOrigin({ headers }: IncomingMessage, origins: readonly string[], publicUrl: string): boolean {
  const { origin, host } = headers;
  if (origin === undefined || isOriginAmong(origin, origins)) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (URL.canParse(publicUrl) && page.origin === new URL(publicUrl).origin) return true;
  return page.host === host && (page.hostname === 'localhost' || isIP(page.hostname.replace(/^\[|\]$/g, '')) !== 0);
}
