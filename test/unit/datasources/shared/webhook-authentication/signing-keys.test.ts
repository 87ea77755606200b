import { generateKeyPairSync } from 'node:crypto';
import { UpstreamUnavailableError } from '../../../../../src/domain/errors.js';
import {
  KeyEndpointUnavailableError,
  KeyNotPublishedError,
  createSigningKeys,
} from '../../../../../src/datasources/shared/webhook-authentication/signing-keys.js';
import { newSigningKey } from '../../../webhooks/sign-webhook.js';

type Jwk = Readonly<Record<string, unknown>> | null;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const ASK_SOON_MS = 5_000;
const GRACE_MS = 300_000;
const key = newSigningKey('key-a');

/** A key source over an endpoint that a test sets as it goes. */
function setUp(answer: (kid: string) => Promise<Jwk>) {
  const state = { now: 0, answer, asked: [] as string[] };
  const keys = createSigningKeys({
    fetchJwk: (kid) => {
      state.asked.push(kid);
      return state.answer(kid);
    },
    clock: () => state.now,
  });
  return { state, keys };
}

const found = () => Promise.resolve(key.jwk);
const none = () => Promise.resolve(null);
const down = () => Promise.reject(new UpstreamUnavailableError('down'));

describe('signing keys', () => {
  it('fetches a key once an hour', async () => {
    const { state, keys } = setUp(found);
    const first = await keys.byKid('key-a');
    expect(first?.equals(key.publicKey)).toBe(true);
    state.now = HOUR_MS - 1;
    expect(await keys.byKid('key-a')).toBe(first);
    expect(state.asked).toHaveLength(1);
    state.now = HOUR_MS;
    await keys.byKid('key-a');
    expect(state.asked).toHaveLength(2);
  });

  it('keeps using a key while the endpoint is down, and asks again after a minute', async () => {
    const { state, keys } = setUp(found);
    const first = await keys.byKid('key-a');
    state.answer = down;
    state.now = 2 * HOUR_MS;
    expect(await keys.byKid('key-a')).toBe(first);
    expect(await keys.byKid('key-a')).toBe(first);
    expect(state.asked).toHaveLength(2);
    state.now += MINUTE_MS;
    expect(await keys.byKid('key-a')).toBe(first);
    expect(state.asked).toHaveLength(3);
  });

  it('drops a key that the endpoint no longer knows', async () => {
    const { state, keys } = setUp(found);
    await keys.byKid('key-a');
    state.answer = none;
    state.now = HOUR_MS;
    expect(await keys.byKid('key-a')).toBeNull();
  });

  it('asks the sender to retry while a new key is not published yet, and accepts it once it is', async () => {
    const { state, keys } = setUp(none);
    await expect(keys.byKid('key-a')).rejects.toThrow(KeyNotPublishedError);
    state.answer = found;
    state.now = ASK_SOON_MS - 1;
    await expect(keys.byKid('key-a')).rejects.toThrow(KeyNotPublishedError);
    expect(state.asked).toHaveLength(1);
    state.now = ASK_SOON_MS;
    expect(await keys.byKid('key-a')).not.toBeNull();
  });

  it('treats an id as unknown after five minutes, and fetches it once a minute from then on', async () => {
    const { state, keys } = setUp(none);
    for (state.now = 0; state.now < GRACE_MS; state.now += ASK_SOON_MS)
      await expect(keys.byKid('key-a')).rejects.toThrow(KeyNotPublishedError);
    expect(state.asked).toHaveLength(GRACE_MS / ASK_SOON_MS);
    expect(await keys.byKid('key-a')).toBeNull();
    state.answer = found;
    state.now += MINUTE_MS - 1;
    expect(await keys.byKid('key-a')).toBeNull();
    expect(state.asked).toHaveLength(GRACE_MS / ASK_SOON_MS + 1);
    state.now += 1;
    expect(await keys.byKid('key-a')).not.toBeNull();
  });

  it('reports that it is unknown when the endpoint is down, and asks again immediately', async () => {
    const { state, keys } = setUp(down);
    await expect(keys.byKid('key-a')).rejects.toThrow(KeyEndpointUnavailableError);
    state.answer = found;
    expect(await keys.byKid('key-a')).not.toBeNull();
  });

  it('has one fetch in flight for a key', async () => {
    const { state, keys } = setUp(found);
    const both = await Promise.all([keys.byKid('key-a'), keys.byKid('key-a')]);
    expect(both[0]).toBe(both[1]);
    expect(state.asked).toHaveLength(1);
  });

  it('has four fetches of unknown keys in flight, no more, and known keys are not held up by them', async () => {
    const { state, keys } = setUp(found);
    await keys.byKid('key-a');
    const release: (() => void)[] = [];
    state.answer = () =>
      new Promise((resolve) =>
        release.push(() => {
          resolve(null);
        }),
      );
    const strangers = ['s1', 's2', 's3', 's4'].map((kid) => keys.byKid(kid));
    await expect(keys.byKid('s5')).rejects.toThrow(KeyEndpointUnavailableError);
    expect(await keys.byKid('key-a')).not.toBeNull();
    expect(state.asked).toEqual(['key-a', 's1', 's2', 's3', 's4']);
    release.forEach((one) => {
      one();
    });
    const outcomes = await Promise.allSettled(strangers);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    state.answer = none;
    await expect(keys.byKid('s5')).rejects.toThrow(KeyNotPublishedError);
  });

  it.each(['', '../key-a', 'a/b', 'a.b', 'a%2Fb', 'a b', 'kéy', 'k'.repeat(129)])('never asks for the key id "%s"', async (kid) => {
    const { state, keys } = setUp(found);
    expect(await keys.byKid(kid)).toBeNull();
    expect(state.asked).toEqual([]);
  });

  it('asks for sixty unknown keys a minute, however many strangers name, and known keys are not held up by them', async () => {
    const { state, keys } = setUp(found);
    await keys.byKid('key-a');
    state.answer = none;
    const outcomes = { asked: 0, later: 0 };
    for (let n = 0; n < 10_000; n += 1) {
      const outcome = await keys.byKid(`stranger-${n}`).catch((error: unknown) => error);
      if (outcome instanceof KeyNotPublishedError) outcomes.asked += 1;
      else if (outcome instanceof KeyEndpointUnavailableError) outcomes.later += 1;
    }
    expect(outcomes).toEqual({ asked: 59, later: 9_941 });
    expect(state.asked).toHaveLength(60);
    expect(await keys.byKid('key-a')).not.toBeNull();
    state.now = MINUTE_MS;
    state.answer = found;
    expect(await keys.byKid('stranger-9999')).toBeNull();
    expect(state.asked).toHaveLength(61);
  });

  it.each<[string, Jwk]>([
    ['a modulus of 1,024 bits', newSigningKey('key-a', 1024).jwk],
    ['an elliptic curve', { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }) }],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0' }],
    ['the id of another key', { ...key.jwk, kid: 'key-b' }],
    ['no modulus', { ...key.jwk, n: undefined }],
    ['a modulus that is no text', { ...key.jwk, n: 5 }],
    ['an empty modulus', { ...key.jwk, n: '' }],
  ])('takes no key with %s', async (_name, jwk) => {
    const { keys } = setUp(() => Promise.resolve(jwk));
    expect(await keys.byKid('key-a')).toBeNull();
  });

  it('accepts a key without an id', async () => {
    const { keys } = setUp(() => Promise.resolve({ kty: key.jwk['kty'], n: key.jwk['n'], e: key.jwk['e'] }));
    expect(await keys.byKid('key-a')).not.toBeNull();
  });
});
