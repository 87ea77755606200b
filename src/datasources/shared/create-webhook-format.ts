import type { Clock } from '../../domain/clock.js';
import type { WebhookFormat } from '../../webhooks/webhook-format.js';
import { authenticate } from './webhook-authentication/authenticate.js';
import { SignatureVerifier } from './webhook-authentication/signature-verifier.js';
import { createSigningKeys } from './webhook-authentication/signing-keys.js';
import type { SigningKeysOptions } from './webhook-authentication/signing-keys.js';
import { isEndpointVerification, parsePayload } from './webhook-events/parse-payload.js';
import type { EventBodyParser } from './webhook-events/parse-payload.js';

export interface WebhookFormatOptions {
  readonly fetchJwk: SigningKeysOptions['fetchJwk'];
  readonly clock: Clock;
  /** Those of all generations whose events may arrive, tried in order. */
  readonly parsers: readonly EventBodyParser[];
}

/** The vendor's webhook format: both generations share headers, signature scheme and envelope, and differ in the body of their events. */
export function createWebhookFormat({ fetchJwk, clock, parsers }: WebhookFormatOptions): WebhookFormat {
  const keys = createSigningKeys({ fetchJwk, clock });
  const signatures = new SignatureVerifier();
  return {
    isEndpointVerification,
    authenticate: (headers, rawBody, span = null) => authenticate(headers, rawBody, { keys, signatures, span }),
    parse: (payload) => parsePayload(payload, parsers),
    close: () => signatures.close(),
  };
}
