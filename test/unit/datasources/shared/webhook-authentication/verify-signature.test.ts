import { crc32 } from 'node:zlib';
import type { SignedEnvelope } from '../../../../../src/datasources/shared/webhook-authentication/read-envelope.js';
import { createSigningKeys } from '../../../../../src/datasources/shared/webhook-authentication/signing-keys.js';
import { signedPayload, verifySignature } from '../../../../../src/datasources/shared/webhook-authentication/verify-signature.js';
import { inlineVerifier } from './inline-signature-verifier.js';
import { CUSTOMER, SENT_AT, TENANT, jwsHeader, newSigningKey, signWebhook } from '../../../webhooks/sign-webhook.js';
import type { Signing } from '../../../webhooks/sign-webhook.js';

const key = newSigningKey('key-a');
const keys = createSigningKeys({ fetchJwk: (kid) => Promise.resolve(kid === key.kid ? key.jwk : null), clock: () => SENT_AT });
const body = Buffer.from('{"eventType":"TRANSFER","conversationId":"c1","timestamp":1}');
const envelope = { tenantId: TENANT, customerId: CUSTOMER, eventId: 'e-1', transmissionTime: SENT_AT, retry: 0 };

function signed(signing: Signing = {}): SignedEnvelope {
  return { ...envelope, signature: signWebhook(body, key, signing)['x-8x8-signature'] ?? '' };
}

describe('verifySignature', () => {
  it('accepts what the contact centre signed', async () => {
    expect(await verifySignature(signed(), body, keys, inlineVerifier)).toEqual({ ok: true });
  });

  it.each<[string, keyof SignedEnvelope, string | number]>([
    ['another event id', 'eventId', 'e-2'],
    ['another tenant', 'tenantId', 'other'],
    ['another customer', 'customerId', 'other'],
    ['another transmission time', 'transmissionTime', SENT_AT + 1],
    ['another retry count', 'retry', 1],
  ])('refuses %s than was signed', async (_name, field, value) => {
    expect(await verifySignature({ ...signed(), [field]: value }, body, keys, inlineVerifier)).toEqual({
      ok: false,
      reason: 'signature-wrong',
    });
  });

  it('counts the bytes, not the JSON', async () => {
    const spaced = Buffer.from(body.toString().replace(':', ': '));
    expect(await verifySignature(signed(), spaced, keys, inlineVerifier)).toEqual({ ok: false, reason: 'signature-wrong' });
  });

  it.each<[string, unknown]>([
    ['no crit', { b64: false, kid: 'key-a', alg: 'RS256' }],
    ['an empty crit', { ...jwsHeader('key-a'), crit: [] }],
    ['a crit that is a string', { ...jwsHeader('key-a'), crit: 'b64' }],
    ['a second critical extension', { ...jwsHeader('key-a'), crit: ['b64', 'exp'] }],
    ['b64 true', { ...jwsHeader('key-a'), b64: true }],
    ['no b64', { crit: ['b64'], kid: 'key-a', alg: 'RS256' }],
    ['PS256', { ...jwsHeader('key-a'), alg: 'PS256' }],
    ['RS512', { ...jwsHeader('key-a'), alg: 'RS512' }],
    ['alg none', { ...jwsHeader('key-a'), alg: 'none' }],
    ['no kid', { b64: false, crit: ['b64'], alg: 'RS256' }],
    ['a kid that leaves its path', jwsHeader('../key-a')],
    ['a kid of 129 letters', jwsHeader('k'.repeat(129))],
    ['a numeric kid', jwsHeader(1)],
  ])('does not support a header with %s', async (_name, header) => {
    const check = await verifySignature(signed({ header: header as Record<string, unknown> }), body, keys, inlineVerifier);
    expect(check).toEqual({ ok: false, reason: 'signature-not-supported' });
  });

  it.each<[string, (jws: string) => string]>([
    ['without the empty middle', (jws) => jws.replace('..', '.')],
    ['with an attached payload', (jws) => jws.replace('..', '.e30.')],
    ['with a fourth part', (jws) => `${jws}.e30`],
    ['with padding', (jws) => `${jws}=`],
    ['with a letter of plain base64', (jws) => jws.slice(0, -4) + '+/AA'],
    ['with a blank', (jws) => ` ${jws}`],
    ['with surplus bits in its last letter', (jws) => surplusBit(jws)],
    ['without a signature', (jws) => jws.slice(0, jws.indexOf('..') + 2)],
    ['without a header', (jws) => jws.slice(jws.indexOf('..'))],
    ['with a header that is no JSON', (jws) => `bm8.${jws.slice(jws.indexOf('.') + 1)}`],
    ['with a header that is a list', (jws) => `W10.${jws.slice(jws.indexOf('.') + 1)}`],
  ])('refuses a JWS %s as malformed', async (_name, change) => {
    const { signature, ...rest } = signed();
    expect(change(signature)).not.toBe(signature);
    expect(await verifySignature({ ...rest, signature: change(signature) }, body, keys, inlineVerifier)).toEqual({
      ok: false,
      reason: 'signature-malformed',
    });
  });

  it('reads each header anew that is not the one before', async () => {
    const other = newSigningKey('key-b');
    const both = { byKid: (kid: string) => Promise.resolve([key, other].find((one) => one.kid === kid)?.publicKey ?? null) };
    const byOther = { ...envelope, signature: signWebhook(body, other)['x-8x8-signature'] ?? '' };
    for (const one of [signed(), byOther, signed()]) expect(await verifySignature(one, body, both, inlineVerifier)).toEqual({ ok: true });
    const mixed = { ...envelope, signature: signed().signature.replace(/^[^.]*/, byOther.signature.split('.')[0] ?? '') };
    expect(await verifySignature(mixed, body, both, inlineVerifier)).toEqual({ ok: false, reason: 'signature-wrong' });
  });

  it('knows no key of another id', async () => {
    const noKeys = { byKid: () => Promise.resolve(null) };
    expect(await verifySignature(signed({ header: jwsHeader('nobody') }), body, noKeys, inlineVerifier)).toEqual({
      ok: false,
      reason: 'key-unknown',
    });
  });

  it('signs the envelope in a fixed order, with an unsigned checksum', () => {
    const bytes = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => Buffer.from(String(n))).find((candidate) => crc32(candidate) > 2 ** 31);
    expect(bytes).toBeDefined();
    const payload = signedPayload(envelope, bytes ?? Buffer.alloc(0));
    expect(payload).toMatch(/^\{"checksum":\d{10},"cid":"acme","eid":"e-1","retry":0,"tid":"acme01","tt":1767225600000\}$/);
  });
});

/** The same bytes, spelled otherwise: 256 bytes leave four bits unused in the last letter. */
function surplusBit(jws: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(jws.slice(-1));
  return jws.slice(0, -1) + alphabet.charAt(last ^ 1);
}
