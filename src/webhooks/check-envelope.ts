import type { Envelope } from './webhook-format.js';

export interface EnvelopeRules {
  /** The tenant whose events are taken; null takes any. */
  readonly tenantId: string | null;
  /** The customer (the contact centre's, not the person who chats) whose events are taken; null takes any. */
  readonly customerId: string | null;
  /** How far the transmission time may lie from now, before or after, in milliseconds; 0 switches the check off. */
  readonly maxAgeMs: number;
}

export type EnvelopeMismatch = 'sent-too-long-ago' | 'sent-in-the-future' | 'foreign-tenant' | 'foreign-customer';

/** Whether a verified envelope is fresh and meant for us; null when it is. `now`: epoch milliseconds. */
export function checkEnvelope(envelope: Envelope, rules: EnvelopeRules, now: number): EnvelopeMismatch | null {
  const ageMs = now - envelope.transmissionTime;
  if (rules.maxAgeMs > 0 && ageMs > rules.maxAgeMs) return 'sent-too-long-ago';
  if (rules.maxAgeMs > 0 && -ageMs > rules.maxAgeMs) return 'sent-in-the-future';
  if (rules.tenantId !== null && envelope.tenantId !== rules.tenantId) return 'foreign-tenant';
  if (rules.customerId !== null && envelope.customerId !== rules.customerId) return 'foreign-customer';
  return null;
}
