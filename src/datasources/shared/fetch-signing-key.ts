import { asRecord } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { parsedJson, unreadable } from '../upstream/upstream-errors.js';

/** Fetches the public half of a webhook signing key without credentials: the endpoint is public. `path`: null if no key can have this id. Null if there is none. */
export async function fetchSigningKey(client: UpstreamCalls, path: string | null): Promise<UnknownRecord | null> {
  // A key never changes, so that one call may answer all who wait for it, whenever they asked.
  const body = path === null ? null : await client.read({ operation: 'jwk.get', path, asOf: '', anonymous: true });
  if (body === null) return null;
  // The contract calls it a string and shows an object.
  const key = asRecord(typeof body === 'string' ? parsedJson(body) : body);
  if (key === null) throw unreadable('no JWK');
  return key;
}
