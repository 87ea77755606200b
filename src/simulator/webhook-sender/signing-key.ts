import { generateKeyPair, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** A public RSA key as a JWK (RFC 7517). */
export interface PublicJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly kid: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
}

/** Signs webhook events. */
export interface SigningKey {
  readonly kid: string;
  readonly publicJwk: Promise<PublicJwk>;
  /** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3), in base64url. */
  sign(input: string): Promise<string>;
}

const generate = promisify(generateKeyPair);
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** Generates a key in the background. */
export function createSigningKey(kid: string): SigningKey {
  const pair = generate('rsa', { modulusLength: 2048 });
  return {
    kid,
    publicJwk: pair.then(({ publicKey }) => {
      const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
      return { kty: 'RSA', n, e, kid, alg: 'RS256', use: 'sig' };
    }),
    async sign(input) {
      const { privateKey } = await pair;
      const signature = await signAsync('RSA-SHA256', Buffer.from(input), privateKey);
      return signature.toString('base64url');
    },
  };
}
