import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** RFC 7518, section 3.3: RS256 requires keys of at least 2,048 bits. */
const MIN_MODULUS_BITS = 2048;

/** The public RSA key of a JWK (RFC 7517) for RS256; null when it is no such key, is too short, or says that it is another key than `kid`. */
export function importJwk(jwk: Readonly<Record<string, unknown>>, kid: string): KeyObject | null {
  const { kty, n, e } = jwk;
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return null;
  if (jwk['kid'] !== undefined && jwk['kid'] !== kid) return null;
  try {
    const key = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
    return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_MODULUS_BITS ? key : null;
  } catch {
    return null;
  }
}
