import type { IncomingHttpHeaders } from 'node:http';
import type { Envelope } from '../../../webhooks/webhook-format.js';

/** The six `x-8x8-…` headers of a webhook request. All of them are signed, except the signature. */
export interface SignedEnvelope extends Envelope {
  /** 0 at the first attempt. */
  readonly retry: number;
  /** A compact JWS without its payload. */
  readonly signature: string;
}

export type EnvelopeError = 'header-missing' | 'header-malformed';

const PRINTABLE = /^[^\p{Cc}\p{Cs}]{1,255}$/u;
// The numbers are signed as text, so no other spelling of the same number may pass.
const CANONICAL_INTEGER = /^(0|[1-9]\d{0,14})$/;

/** Reads the headers, all of which are required, each once. Checks their form only. */
export function readEnvelope(headers: IncomingHttpHeaders): { ok: true; envelope: SignedEnvelope } | { ok: false; reason: EnvelopeError } {
  const tenantId = headers['x-8x8-tenant-id'];
  const customerId = headers['x-8x8-customer-id'];
  const eventId = headers['x-8x8-event-id'];
  const transmissionTime = headers['x-8x8-transmission-time'];
  const retry = headers['x-8x8-retry'];
  const signature = headers['x-8x8-signature'];

  if (!isText(tenantId) || !isText(customerId) || !isText(eventId) || !isText(transmissionTime) || !isText(retry) || !isText(signature)) {
    return { ok: false, reason: 'header-missing' };
  }
  const wellFormed =
    PRINTABLE.test(tenantId) &&
    PRINTABLE.test(customerId) &&
    PRINTABLE.test(eventId) &&
    CANONICAL_INTEGER.test(transmissionTime) &&
    CANONICAL_INTEGER.test(retry);
  if (!wellFormed) return { ok: false, reason: 'header-malformed' };
  return {
    ok: true,
    envelope: { tenantId, customerId, eventId, transmissionTime: Number(transmissionTime), retry: Number(retry), signature },
  };
}

/** The id of the event that a request says it brings; null if it says none. Not authenticated. */
export function claimedEventId({ 'x-8x8-event-id': eventId }: IncomingHttpHeaders): string | null {
  return isText(eventId) && PRINTABLE.test(eventId) ? eventId : null;
}

const isText = (header: string | string[] | undefined): header is string => typeof header === 'string' && header !== '';
