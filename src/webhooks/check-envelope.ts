import type { Envelope } from './webhook-format.js';

export interface EnvelopeRules {
  /** The tenant whose events are accepted; null accepts any. */
  readonly tenantId: string | null;
  /** The contact centre's customer (not the person who chats) whose events are accepted; null accepts any. */
  readonly customerId: string | null;
  /** How far the transmission time may be from now, in either direction, in milliseconds; 0 disables the check. */
  readonly maxAgeMs: number;
}

export type EnvelopeMismatch = 'sent-too-long-ago' | 'sent-in-the-future' | 'foreign-tenant' | 'foreign-customer';

/** Why an authenticated envelope is stale or meant for somebody else; null if it is neither. `now`: epoch milliseconds. */
export function checkEnvelope(envelope: Envelope, rules: EnvelopeRules, now: number): EnvelopeMismatch | null {
  const ageMs = now - envelope.transmissionTime;
  if (rules.maxAgeMs > 0 && ageMs > rules.maxAgeMs) return 'sent-too-long-ago';
  if (rules.maxAgeMs > 0 && -ageMs > rules.maxAgeMs) return 'sent-in-the-future';
  if (rules.tenantId !== null && envelope.tenantId !== rules.tenantId) return 'foreign-tenant';
  if (rules.customerId !== null && envelope.customerId !== rules.customerId) return 'foreign-customer';
  return null;
}
