import { asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { parsedJson, unreadable } from '../upstream/upstream-errors.js';
import type { Upstream } from './paths.js';

/** The public half of a webhook signing key; null where there is none of this id. No token is sent: it is open to all. */
export async function signingKey({ client, paths }: Upstream, kid: string): Promise<UnknownRecord | null> {
  const path = paths.publicKey(kid);
  // A key never changes, so that one call may answer all who wait for it, whenever they asked.
  const body = path === null ? null : await client.read({ operation: 'jwk.get', path, asOf: '', anonymous: true });
  if (body === null) return null;
  // The contract calls it a string and shows an object.
  const key = asRecord(typeof body === 'string' ? parsedJson(body) : body);
  if (key === null) throw unreadable('no JWK');
  return key;
}
