import { checkEnvelope } from '../../../src/webhooks/check-envelope.js';
import { readEnvelope } from '../../../src/datasources/shared/webhook-authentication/read-envelope.js';

const headers = {
  'x-8x8-tenant-id': 'acme01',
  'x-8x8-customer-id': 'acme',
  'x-8x8-event-id': 'e-1',
  'x-8x8-transmission-time': '1767225600000',
  'x-8x8-retry': '2',
  'x-8x8-signature': 'a..b',
};
const envelope = { tenantId: 'acme01', customerId: 'acme', eventId: 'e-1', transmissionTime: 1767225600000, retry: 2, signature: 'a..b' };

describe('readEnvelope', () => {
  it('reads the six headers', () => {
    expect(readEnvelope(headers)).toEqual({ ok: true, envelope });
  });

  it.each(Object.keys(headers))('refuses a request without %s, or with an empty one', (name) => {
    expect(readEnvelope({ ...headers, [name]: undefined })).toEqual({ ok: false, reason: 'header-missing' });
    expect(readEnvelope({ ...headers, [name]: '' })).toEqual({ ok: false, reason: 'header-missing' });
  });

  it.each<[string, string]>([
    ['x-8x8-retry', '01'],
    ['x-8x8-retry', '-1'],
    ['x-8x8-retry', '+1'],
    ['x-8x8-retry', '1.0'],
    ['x-8x8-retry', '1e3'],
    ['x-8x8-retry', '0x1'],
    ['x-8x8-retry', ' 1'],
    ['x-8x8-transmission-time', '01767225600000'],
    ['x-8x8-transmission-time', '9007199254740993'],
    ['x-8x8-transmission-time', 'now'],
    ['x-8x8-event-id', 'e\u0007'],
    ['x-8x8-event-id', 'e'.repeat(256)],
    ['x-8x8-tenant-id', 't\n'],
  ])('refuses %s: %j', (name, value) => {
    expect(readEnvelope({ ...headers, [name]: value })).toEqual({ ok: false, reason: 'header-malformed' });
  });

  it('accepts an event id of 255 characters', () => {
    expect(readEnvelope({ ...headers, 'x-8x8-event-id': 'e'.repeat(255) }).ok).toBe(true);
  });
});

describe('checkEnvelope', () => {
  const rules = { tenantId: 'acme01', customerId: 'acme', maxAgeMs: 300_000 };
  const sentAt = envelope.transmissionTime;

  it.each<[string, number, string | null]>([
    ['immediately', 0, null],
    ['at the limit', 300_000, null],
    ['beyond the limit', 300_001, 'sent-too-long-ago'],
    ['ahead of our clock, within the limit', -300_000, null],
    ['further ahead of our clock', -300_001, 'sent-in-the-future'],
  ])('judges a webhook that comes %s', (_name, ageMs, mismatch) => {
    expect(checkEnvelope(envelope, rules, sentAt + ageMs)).toBe(mismatch);
  });

  it('accepts any age when the check is off', () => {
    expect(checkEnvelope(envelope, { ...rules, maxAgeMs: 0 }, sentAt + 1e12)).toBeNull();
    expect(checkEnvelope(envelope, { ...rules, maxAgeMs: 0 }, 0)).toBeNull();
  });

  it('refuses a foreign tenant and a foreign customer', () => {
    expect(checkEnvelope({ ...envelope, tenantId: 'ACME01' }, rules, sentAt)).toBe('foreign-tenant');
    expect(checkEnvelope({ ...envelope, customerId: 'other' }, rules, sentAt)).toBe('foreign-customer');
  });

  it('accepts any tenant and customer if none is configured', () => {
    expect(
      checkEnvelope({ ...envelope, tenantId: 'x', customerId: 'y' }, { ...rules, tenantId: null, customerId: null }, sentAt),
    ).toBeNull();
  });
});
