import { asRecord } from '../domain/parse-unknown.js';

/** Why attempts fail: values of a metric's label. */
export const FAILURE_KINDS = [
  'status-3xx',
  'status-4xx',
  'status-5xx',
  'timeout',
  'connection',
  'name',
  'tls',
  'private-address',
  'contact-centre',
  'event-log',
  'document',
  'other',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Why an attempt failed. */
export interface Failure {
  readonly kind: FailureKind;
  /** For operators: `HTTP 503`, `timeout after 15 s`, …. Holds nothing that the receiver sent, and no address. */
  readonly reason: string;
}

/** A host is, or resolves to, an address that is not public. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Of a response that is not 2xx. `retryAfterMs`: how long it asks to wait; null if it does not. */
export function statusFailure(status: number, retryAfterMs: number | null): Failure {
  if (status < 400) return { kind: 'status-3xx', reason: `HTTP ${status} (redirects are not followed)` };
  const asked = retryAfterMs === null || retryAfterMs <= 0 ? '' : ` (asks to wait ${Math.ceil(retryAfterMs / 1_000)} s)`;
  return { kind: status < 500 ? 'status-4xx' : 'status-5xx', reason: `HTTP ${status}${asked}` };
}

const WORDS: Readonly<Record<string, readonly [FailureKind, string]>> = {
  ECONNREFUSED: ['connection', 'connection refused'],
  ECONNRESET: ['connection', 'connection closed by the receiver'],
  EPIPE: ['connection', 'connection closed by the receiver'],
  UND_ERR_SOCKET: ['connection', 'connection closed by the receiver'],
  EHOSTUNREACH: ['connection', 'host unreachable'],
  ENETUNREACH: ['connection', 'network unreachable'],
  ENOTFOUND: ['name', 'host name not found'],
  EAI_AGAIN: ['name', 'host name could not be looked up'],
  CERT_HAS_EXPIRED: ['tls', 'certificate has expired'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'certificate is for another host name'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'certificate is self-signed'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'certificate of an unknown authority'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'certificate of an unknown authority'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'certificate of an unknown authority'],
};

/** Of an attempt without a response. The message of the error is left out, since it may hold the address. */
export function connectionFailure(error: unknown, timeoutMs: number): Failure {
  if (error instanceof PrivateAddressError) return { kind: 'private-address', reason: 'private address (refused without allowPrivate)' };
  const code = codeOf(error);
  if (/timeout|timedout/i.test(code)) return { kind: 'timeout', reason: `timeout after ${timeoutMs / 1_000} s` };
  const known = WORDS[code];
  if (known !== undefined) return { kind: known[0], reason: known[1] };
  const reason = code.slice(0, 64);
  return { kind: /^(?:ERR_SSL|ERR_TLS|EPROTO|CERT_|UNABLE_TO_)/.test(code) ? 'tls' : 'other', reason };
}

/** The code of a system's error, or the name of another. */
function codeOf(error: unknown): string {
  const { code, name } = asRecord(error) ?? {};
  if (typeof code === 'string') return code;
  return typeof name === 'string' ? name : 'failed';
}
