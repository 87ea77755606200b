import type { IncomingHttpHeaders } from 'node:http';
import type { Span } from '../../../observability/tracing.js';
import type { Authentication } from '../../../webhooks/webhook-format.js';
import { readEnvelope } from './read-envelope.js';
import type { SignatureChecker } from './signature-verifier.js';
import type { KeySource } from './signing-keys.js';
import { verifySignature } from './verify-signature.js';

/** Authenticates a webhook by its headers and the signature over them and the body's checksum, the same in both generations. Never rejects. */
export async function authenticate(
  headers: IncomingHttpHeaders,
  rawBody: Uint8Array,
  { keys, signatures, span = null }: { readonly keys: KeySource; readonly signatures: SignatureChecker; readonly span?: Span | null },
): Promise<Authentication> {
  const read = readEnvelope(headers);
  if (!read.ok) return { result: 'rejected', reason: read.reason, eventId: null };
  const { envelope } = read;
  const { eventId } = envelope;
  try {
    const signature = await verifySignature(envelope, rawBody, keys, signatures, span);
    return signature.ok ? { result: 'authenticated', envelope } : { result: 'rejected', reason: signature.reason, eventId };
  } catch (cause) {
    return { result: 'unavailable', eventId, cause };
  }
}
