import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Signs as the contact centre does, written apart from the code under test. */

export const SENT_AT = 1_767_225_600_000;
export const TENANT = 'acme01';
export const CUSTOMER = 'acme';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function newSigningKey(kid: string, modulusLength = 2048): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' } };
}

export interface Signing {
  readonly eventId?: string;
  readonly retry?: string;
  readonly transmissionTime?: string;
  readonly tenantId?: string;
  readonly customerId?: string;
  /** Replaces the whole JWS header, given as an object or as its text. */
  readonly header?: Readonly<Record<string, unknown>> | string;
  /** Signs with HMAC-SHA256 and this secret instead. */
  readonly hmacSecret?: string;
}

export const encode = (text: string): string => Buffer.from(text).toString('base64url');

export function jwsHeader(kid: unknown): Record<string, unknown> {
  return { b64: false, crit: ['b64'], kid, alg: 'RS256' };
}

export function signWebhook(body: string | Buffer, key: SigningKey, signing: Signing = {}): Record<string, string> {
  const { eventId = 'e-1', retry = '0', tenantId = TENANT, customerId = CUSTOMER } = signing;
  const { transmissionTime = String(SENT_AT), header = jwsHeader(key.kid) } = signing;
  const encodedHeader = encode(typeof header === 'string' ? header : JSON.stringify(header));
  const payload =
    `{"checksum":${crc32(body)},"cid":${JSON.stringify(customerId)},"eid":${JSON.stringify(eventId)},` +
    `"retry":${retry},"tid":${JSON.stringify(tenantId)},"tt":${transmissionTime}}`;
  const input = Buffer.from(`${encodedHeader}.${payload}`);
  const signature =
    signing.hmacSecret === undefined
      ? sign('sha256', input, key.privateKey)
      : createHmac('sha256', signing.hmacSecret).update(input).digest();
  return {
    'content-type': 'application/json',
    'x-8x8-tenant-id': tenantId,
    'x-8x8-customer-id': customerId,
    'x-8x8-event-id': eventId,
    'x-8x8-transmission-time': transmissionTime,
    'x-8x8-retry': retry,
    'x-8x8-signature': `${encodedHeader}..${signature.toString('base64url')}`,
  };
}
