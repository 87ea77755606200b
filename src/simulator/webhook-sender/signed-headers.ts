import { crc32 } from 'node:zlib';
import type { SigningKey } from './signing-key.js';

/** What the signature of a delivery attempt covers. */
export interface Transmission {
  readonly body: Buffer;
  readonly customerId: string;
  readonly tenantId: string;
  readonly eventId: string;
  /** 0 at the first attempt. */
  readonly retry: number;
  /** Time of this attempt, in epoch milliseconds. */
  readonly transmissionTime: number;
}

/**
 * The headers of a delivery attempt. The signature is a compact JWS with a detached, unencoded payload (RFC 7515 appendix F, RFC 7797); the
 * payload is JSON that covers the body by its CRC32 only.
 */
export async function signedHeaders(transmission: Transmission, key: Pick<SigningKey, 'kid' | 'sign'>): Promise<Record<string, string>> {
  const { customerId, tenantId, eventId, retry, transmissionTime } = transmission;
  const header = Buffer.from(JSON.stringify({ b64: false, crit: ['b64'], kid: key.kid, alg: 'RS256' })).toString('base64url');
  // The order of the keys is significant: the text is signed.
  const payload = JSON.stringify({
    checksum: crc32(transmission.body),
    cid: customerId,
    eid: eventId,
    retry,
    tid: tenantId,
    tt: transmissionTime,
  });
  return {
    'content-type': 'application/json',
    'x-8x8-tenant-id': tenantId,
    'x-8x8-customer-id': customerId,
    'x-8x8-event-id': eventId,
    'x-8x8-transmission-time': String(transmissionTime),
    'x-8x8-retry': String(retry),
    'x-8x8-signature': `${header}..${await key.sign(`${header}.${payload}`)}`,
  };
}
