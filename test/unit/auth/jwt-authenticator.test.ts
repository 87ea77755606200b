import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { JwtAuthenticator } from '../../../src/auth/jwt-authenticator.js';
import type { TokenSettings } from '../../../src/auth/token-settings.js';
import { AuthUnavailableError, UnauthenticatedError } from '../../../src/domain/errors.js';
import { vendorId, toGlobalId } from '../../../src/schema/global-id.js';
import { Issuer, SECRET, signed } from '../../support/tokens.js';

const START = Date.UTC(2026, 0, 1);
const SECONDS = START / 1_000;
const SERVICE = { scope: 'chat:service', sub: 'bot' };
let now = START;
let issuer: Issuer;
const faults: unknown[] = [];

beforeEach(async () => {
  now = START;
  faults.length = 0;
  issuer = await Issuer.start();
});
afterEach(() => issuer.stop());

function authenticator(settings: Partial<TokenSettings> = { secret: SECRET }): JwtAuthenticator {
  return new JwtAuthenticator(
    { secret: null, jwksUrl: null, issuer: null, audience: null, ...settings },
    { clock: () => now, fetch, toConversationId: (id) => vendorId('Conversation', id), onKeyFault: (error) => faults.push(error) },
  );
}

const ask = async (by: JwtAuthenticator, token: string) => by.authenticate(`Bearer ${token}`);
const roleOrError = async (by: JwtAuthenticator, token: string): Promise<unknown> =>
  ask(by, token).then(
    ({ role }) => role,
    (error: unknown) => error,
  );
const tokenFor = (claims: Record<string, unknown>) => signed(claims, { now });

describe('a token signed with the secret', () => {
  it.each([
    ['chat:service', 'SERVICE'],
    ['chat:admin', 'ADMIN'],
    ['openid chat:service profile', 'SERVICE'],
    [['chat:admin', 'chat:service'], 'ADMIN'],
  ])('makes a viewer of scope %j a %s', async (scope, role) => {
    const viewer = await ask(authenticator(), await tokenFor({ scope, sub: 'bot' }));
    expect(viewer).toEqual({
      role,
      subject: 'bot',
      conversationIds: null,
      customerId: null,
      expiresAt: new Date(START + 3_600_000),
      identity: `${role} bot`,
      rightsKey: role,
    });
  });

  it('is accepted by the secondary secret, for rotation, and by no other', async () => {
    const rotated = authenticator({ secret: randomBytes(32).toString('base64'), secondarySecret: SECRET });
    expect(await ask(rotated, await tokenFor(SERVICE))).toMatchObject({ role: 'SERVICE', subject: 'bot' });
    const later = authenticator({ secret: randomBytes(32).toString('base64'), secondarySecret: randomBytes(32).toString('base64') });
    expect(await roleOrError(later, await tokenFor(SERVICE))).toEqual(new UnauthenticatedError('Invalid token.'));
  });

  it('has expired, by the secondary secret, too', async () => {
    const rotated = authenticator({ secret: randomBytes(32).toString('base64'), secondarySecret: SECRET });
    const token = await tokenFor(SERVICE);
    now += 3_700_000;
    expect(await roleOrError(rotated, token)).toEqual(new UnauthenticatedError('The token has expired: get a new one.'));
  });

  it.each(['openid chat:service', ['openid', 'chat:service']])('accepts `scp`, as Azure and Okta call it, for `scope`: %j', async (scp) => {
    expect(await ask(authenticator(), await tokenFor({ scp }))).toMatchObject({ role: 'SERVICE' });
    expect(await ask(authenticator(), await tokenFor({ scope: 'openid', scp }))).toMatchObject({ role: 'SERVICE' });
  });

  it("accepts a customer's conversations in either form of id; equal rights have an equal key", async () => {
    const by = authenticator();
    const one = await ask(
      by,
      await tokenFor({ scope: 'chat:customer', sub: 'a', conversations: ['c2', toGlobalId('Conversation', 'c1')] }),
    );
    const other = await ask(by, await tokenFor({ scope: 'chat:customer', sub: 'b', conversations: ['c1', 'c2', 'c2'] }));
    expect(one).toMatchObject({ role: 'CUSTOMER', subject: 'a', conversationIds: ['c1', 'c2'], customerId: null });
    expect(other.rightsKey).toBe(one.rightsKey);
    expect(other.identity).not.toBe(one.identity);
    const fewer = await ask(by, await tokenFor({ scope: 'chat:customer', conversations: ['c1'] }));
    expect(fewer.rightsKey).not.toBe(one.rightsKey);
  });

  it('accepts a customer by its id', async () => {
    const viewer = await ask(authenticator(), await tokenFor({ scope: 'chat:customer', customer_id: 'mia' }));
    expect(viewer).toMatchObject({ role: 'CUSTOMER', conversationIds: null, customerId: 'mia' });
  });

  it('lets a customer who names neither see nothing', async () => {
    expect(await ask(authenticator(), await tokenFor({ scope: 'chat:customer' }))).toMatchObject({ conversationIds: [], customerId: null });
  });

  it.each([
    ['no scope of ours', { scope: 'openid' }, /scope/],
    ['no scope', {}, /scope/],
    ['a scope that only begins so', { scope: 'chat:administrator' }, /scope/],
    ['conversations that are no list', { scope: 'chat:customer', conversations: 'c1' }, /conversations/],
    ['conversations with something else', { scope: 'chat:customer', conversations: ['c1', toGlobalId('Channel', 'c2')] }, /conversations/],
    ['an empty customer id', { scope: 'chat:customer', customer_id: '' }, /customer_id/],
    ['a customer id that is no text', { scope: 'chat:customer', customer_id: { $ne: 1 } }, /customer_id/],
    ['no end', { ...SERVICE, exp: undefined }, /exp/],
    ['an end that is no number', { ...SERVICE, exp: '2099-01-01' }, /exp/],
    ['an end that has come', { ...SERVICE, exp: SECONDS }, /expired/],
    ['an end long gone', { ...SERVICE, exp: SECONDS - 100 }, /expired/],
    ['a beginning more than the clock skew ahead', { ...SERVICE, nbf: SECONDS + 31 }, /nbf/],
  ])('is refused with %s', async (_what, claims, words) => {
    const error = await roleOrError(authenticator(), await tokenFor(claims));
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect((error as Error).message).toMatch(words);
  });

  it('may begin a little ahead of our clock', async () => {
    expect(await roleOrError(authenticator(), await tokenFor({ ...SERVICE, nbf: SECONDS + 29 }))).toBe('SERVICE');
  });

  it('is refused once it has expired, though it was good before', async () => {
    const by = authenticator();
    const token = await tokenFor({ ...SERVICE, exp: SECONDS + 60 });
    expect(await roleOrError(by, token)).toBe('SERVICE');
    now += 59_999;
    expect(await roleOrError(by, token)).toBe('SERVICE');
    now += 1;
    expect(await roleOrError(by, token)).toMatchObject({ message: expect.stringMatching(/expired/) });
  });

  it('is checked once: the second time the answer is synchronous', async () => {
    const by = authenticator();
    const token = await tokenFor(SERVICE);
    const first = by.authenticate(`Bearer ${token}`);
    expect(first).toBeInstanceOf(Promise);
    const viewer = await first;
    expect(by.authenticate(`bearer  ${token} `)).toBe(viewer);
  });

  it.each(['iss', 'aud'] as const)('is refused without the %s that is wanted, or with another', async (claim) => {
    const by = authenticator({ secret: SECRET, ...(claim === 'iss' ? { issuer: 'us' } : { audience: 'us' }) });
    expect(await roleOrError(by, await tokenFor({ ...SERVICE, [claim]: 'us' }))).toBe('SERVICE');
    expect(await roleOrError(by, await tokenFor({ ...SERVICE, [claim]: 'them' }))).toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(claim),
    });
    expect(await roleOrError(by, await tokenFor(SERVICE))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['of another secret', () => signed(SERVICE, { secret: randomBytes(32).toString('base64url'), now })],
    [
      'with other claims put in',
      async () =>
        (await tokenFor(SERVICE)).replace(
          /\..*\./,
          `.${Buffer.from(JSON.stringify({ scope: 'chat:admin', exp: 9e9 })).toString('base64url')}.`,
        ),
    ],
    [
      'of another length of hash',
      () => new SignJWT({ ...SERVICE, exp: SECONDS + 60 }).setProtectedHeader({ alg: 'HS512' }).sign(Buffer.from(SECRET)),
    ],
    ['with no signature', async () => (await tokenFor(SERVICE)).replace(/[^.]*$/, '')],
    ['with `none` for its algorithm', () => Promise.resolve(unsigned('none'))],
    ['with `NONE` for its algorithm', () => Promise.resolve(unsigned('NONE'))],
    ['that is no token', () => Promise.resolve('a.b.c')],
    ['that is longer than a token may be', () => Promise.resolve('a'.repeat(20_000))],
  ])('is refused %s', async (_what, make) => {
    const error = await roleOrError(authenticator(), await make());
    expect(error).toBeInstanceOf(UnauthenticatedError);
    expect((error as Error).message).not.toMatch(/jws|jwt|signature/i);
  });

  it('comes as a bearer token, in any letter case, and as nothing else', () => {
    const by = authenticator();
    for (const nothing of [undefined, '', '  '])
      expect(by.authenticate(nothing)).toMatchObject({ role: 'ANONYMOUS', conversationIds: null });
    for (const other of ['Basic dTpw', 'Bearer', 'Bearer a b', 'token']) expect(() => by.authenticate(other)).toThrow(/Bearer TOKEN/);
  });
});

const unsigned = (alg: string): string =>
  `${[
    { alg, typ: 'JWT' },
    { ...SERVICE, exp: SECONDS + 60 },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')}.`;

describe('a token signed with a key of the JWKS', () => {
  it('is accepted; the keys are fetched once for all', async () => {
    const by = authenticator({ jwksUrl: issuer.url });
    const tokens = await Promise.all([1, 2, 3].map((sub) => issuer.sign({ scope: 'chat:service', sub: String(sub) }, { now })));
    expect(await Promise.all(tokens.map((token) => roleOrError(by, token)))).toEqual(['SERVICE', 'SERVICE', 'SERVICE']);
    expect(issuer.fetched).toBe(1);
  });

  it('is accepted besides one signed with the secret, if both are configured', async () => {
    const by = authenticator({ secret: SECRET, jwksUrl: issuer.url });
    expect(await roleOrError(by, await tokenFor(SERVICE))).toBe('SERVICE');
    expect(issuer.fetched).toBe(0);
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
  });

  it('cannot be forged with the public key as a secret', async () => {
    const [publicKey] = issuer.publicKeys;
    const pem = publicKey?.export({ type: 'spki', format: 'pem' }).toString() ?? '';
    const forged = await new SignJWT({ ...SERVICE, exp: SECONDS + 60 })
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(Buffer.from(pem));
    expect(await roleOrError(authenticator({ jwksUrl: issuer.url }), forged)).toBeInstanceOf(UnauthenticatedError);
    expect(await roleOrError(authenticator({ secret: SECRET, jwksUrl: issuer.url }), forged)).toBeInstanceOf(UnauthenticatedError);
  });

  it('is accepted with a new key as soon as a token names it', async () => {
    const by = authenticator({ jwksUrl: issuer.url });
    const before = await issuer.sign(SERVICE, { now });
    expect(await roleOrError(by, before)).toBe('SERVICE');
    issuer.rotate('second');
    now += 30_000;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    expect(await roleOrError(by, before)).toBe('SERVICE');
    expect(issuer.fetched).toBe(2);
  });

  it.each([
    ['without ids', undefined],
    ['of one id', 'same'],
  ])('is taken by the old and by the new one of two keys %s, while keys rotate', async (_what, kid) => {
    issuer.rotate(kid, { withdraw: true });
    const byOld = await issuer.sign(SERVICE, { now });
    issuer.rotate(kid);
    const byNew = await issuer.sign(SERVICE, { now });
    const by = authenticator({ jwksUrl: issuer.url });
    expect([await roleOrError(by, byOld), await roleOrError(by, byNew)]).toEqual(['SERVICE', 'SERVICE']);
    expect(issuer.fetched).toBe(1);
    expect(await roleOrError(by, await issuer.sign({ ...SERVICE, exp: SECONDS - 1 }, { now }))).toMatchObject({
      message: expect.stringMatching(/expired/),
    });
  });

  it.each([
    ['without an id', undefined],
    ['of the same id', 'same'],
  ])('is taken by a key that took the place of another one %s', async (_what, kid) => {
    issuer.rotate(kid, { withdraw: true });
    const by = authenticator({ jwksUrl: issuer.url });
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    issuer.rotate(kid, { withdraw: true });
    now += 30_000;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    expect(issuer.fetched).toBe(2);
  });

  it('is tried with eight keys at most, and refused by none of them at one fetch in 30 s', async () => {
    issuer.rotate(undefined, { withdraw: true });
    const byLast = await issuer.sign(SERVICE, { now });
    for (let n = 0; n < 7; n += 1) issuer.rotate(undefined);
    const by = authenticator({ jwksUrl: issuer.url });
    expect(await roleOrError(by, byLast)).toBe('SERVICE');
    issuer.rotate(undefined);
    const another = authenticator({ jwksUrl: issuer.url });
    for (let round = 0; round < 5; round += 1) expect(await roleOrError(another, byLast)).toBeInstanceOf(UnauthenticatedError);
    expect(issuer.fetched).toBe(2);
  });

  it('is accepted although another matching key is too short to be used', async () => {
    const keys = [1_024, 2_048].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }));
    const keySet = { keys: keys.map(({ publicKey }) => publicKey.export({ format: 'jwk' })) };
    const by = new JwtAuthenticator(
      { secret: null, jwksUrl: issuer.url, issuer: null, audience: null },
      {
        clock: () => now,
        fetch: () => Promise.resolve(Response.json(keySet)),
        toConversationId: () => null,
        onKeyFault: (error) => faults.push(error),
      },
    );
    const token = new SignJWT({ ...SERVICE, exp: SECONDS + 60 }).setProtectedHeader({ alg: 'RS256' });
    expect(await roleOrError(by, await token.sign(keys[1]?.privateKey ?? Buffer.alloc(0)))).toBe('SERVICE');
  });

  it('is refused by a key that was withdrawn, though it was good before', async () => {
    const by = authenticator({ jwksUrl: issuer.url });
    const before = await issuer.sign(SERVICE, { now });
    expect(await roleOrError(by, before)).toBe('SERVICE');
    issuer.rotate('second', { withdraw: true });
    now += 30_000;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    expect(await roleOrError(by, before)).toBeInstanceOf(UnauthenticatedError);
  });

  it('is refused by a key that nobody has, at one fetch in 30 s, however many come', async () => {
    const by = authenticator({ jwksUrl: issuer.url });
    for (let round = 0; round < 50; round += 1)
      expect(await roleOrError(by, await issuer.sign(SERVICE, { kid: `unknown-${round}`, now }))).toBeInstanceOf(UnauthenticatedError);
    expect(issuer.fetched).toBe(1);
    now += 30_000;
    await roleOrError(by, await issuer.sign(SERVICE, { kid: 'unknown', now }));
    expect(issuer.fetched).toBe(2);
  });

  it('is accepted with the cached keys while they cannot be fetched, for a day', async () => {
    const by = authenticator({ jwksUrl: issuer.url });
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    issuer.failing = true;
    now += 86_399_000;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    now += 10_000;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBeInstanceOf(AuthUnavailableError);
    issuer.failing = false;
    now += 5_000;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toBe('SERVICE');
    expect(faults.length).toBeGreaterThan(0);
  });

  it('is neither accepted nor rejected while no key can be fetched', async () => {
    const by = authenticator({ jwksUrl: issuer.url });
    issuer.failing = true;
    expect(await roleOrError(by, await issuer.sign(SERVICE, { now }))).toMatchObject({ code: 'AUTH_UNAVAILABLE', retryAfterMs: 5_000 });
    await roleOrError(by, await issuer.sign({ ...SERVICE, sub: 'another' }, { now }));
    expect(issuer.fetched).toBe(1);
  });
});
