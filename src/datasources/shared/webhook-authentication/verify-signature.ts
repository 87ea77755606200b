import { crc32 } from 'node:zlib';
import { asRecord } from '../../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import type { Span } from '../../../observability/tracing.js';
import type { SignatureChecker } from './signature-verifier.js';
import { isPlainKid } from './signing-keys.js';
import type { KeySource } from './signing-keys.js';
import type { SignedEnvelope } from './read-envelope.js';

/** Why a signature was rejected: for logs, never for the sender. */
export type SignatureError = 'signature-malformed' | 'signature-not-supported' | 'key-unknown' | 'signature-wrong';

export type SignatureCheck = { readonly ok: true } | { readonly ok: false; readonly reason: SignatureError };

interface DetachedJws {
  /** The key id that its header names; null where it asks for anything else than what we support. */
  readonly kid: string | null;
  /** The header as it came, which is what was signed. */
  readonly encodedHeader: string;
  readonly encodedSignature: string;
}

/**
 * Checks a webhook's signature: a compact JWS (RFC 7515) with a detached, unencoded payload (RFC 7797), RS256 only.
 *
 * The payload is not the body but a small JSON text of the envelope and the body's CRC32 (by the vendor's description of its webhooks). So the
 * signature does not prove the body: whoever has one signed request can forge another body of the same checksum. That is bounded: an event id is
 * accepted once only, and the age of a request is limited.
 *
 * Rejects with `KeyEndpointUnavailableError` if the key is not available now.
 */
export async function verifySignature(
  envelope: SignedEnvelope,
  rawBody: Uint8Array,
  keys: KeySource,
  signatures: SignatureChecker,
  span: Span | null = null,
): Promise<SignatureCheck> {
  const jws = parseDetachedJws(envelope.signature);
  if (jws === null) return { ok: false, reason: 'signature-malformed' };
  if (jws.kid === null) return { ok: false, reason: 'signature-not-supported' };
  const key = await keys.byKid(jws.kid, span);
  if (key === null) return { ok: false, reason: 'key-unknown' };

  const valid = await signatures.verify(key, `${jws.encodedHeader}.${signedPayload(envelope, rawBody)}`, jws.encodedSignature);
  return valid ? { ok: true } : { ok: false, reason: 'signature-wrong' };
}

/** The text that the contact centre signs: these keys in this order, no blanks; the checksum is the CRC32 of the raw bytes, unsigned. */
export function signedPayload(envelope: Omit<SignedEnvelope, 'signature'>, rawBody: Uint8Array): string {
  return JSON.stringify({
    checksum: crc32(rawBody),
    cid: envelope.customerId,
    eid: envelope.eventId,
    retry: envelope.retry,
    tid: envelope.tenantId,
    tt: envelope.transmissionTime,
  });
}

function parseDetachedJws(compact: string): DetachedJws | null {
  const [encodedHeader = '', payload, encodedSignature = '', ...rest] = compact.split('.');
  if (payload !== '' || rest.length > 0) return null;
  const kid = parseKid(encodedHeader);
  return kid === undefined || decodeBase64Url(encodedSignature) === null ? null : { kid, encodedHeader, encodedSignature };
}

/** The header with a usable key id that was read last: one key signs for a long time, always with the same header. */
let lastHeader: { readonly encoded: string; readonly kid: string } | null = null;

/** The key id of a header that we support, null of any other; undefined of what is no header. */
function parseKid(encoded: string): string | null | undefined {
  if (encoded === lastHeader?.encoded) return lastHeader.kid;
  const header = parseHeader(encoded);
  if (header === null) return undefined;
  const kid = supportedKid(header);
  if (kid !== null) lastHeader = { encoded, kid };
  return kid;
}

function parseHeader(encoded: string): UnknownRecord | null {
  const bytes = decodeBase64Url(encoded);
  if (bytes === null) return null;
  try {
    return asRecord(JSON.parse(bytes.toString()));
  } catch {
    return null;
  }
}

/** Null for padding, blanks, letters of plain base64, surplus bits and nothing at all: each byte string has one spelling (RFC 7515, section 2). */
function decodeBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : null;
}

/** The key id of a header that asks for exactly what we support, else null. `b64` counts only when `crit` names it (RFC 7797, section 6). */
function supportedKid({ alg, b64, crit, kid }: UnknownRecord): string | null {
  const isCritB64 = Array.isArray(crit) && crit.length === 1 && crit[0] === 'b64';
  return alg === 'RS256' && b64 === false && isCritB64 && isPlainKid(kid) ? kid : null;
}
