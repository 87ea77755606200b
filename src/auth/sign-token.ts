import { SignJWT } from 'jose';
import type { Claims } from './claims.js';
import { SECRET_ALGORITHM } from './token-settings.js';
import type { TokenSettings } from './token-settings.js';

export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs a token that `JwtAuthenticator` accepts under the same settings for `ttlSeconds`. `now`: epoch milliseconds. Throws if there is no secret. */
export async function signToken(
  { secret, issuer, audience }: Omit<TokenSettings, 'jwksUrl'>,
  claims: Claims,
  { now, ttlSeconds }: { readonly now: number; readonly ttlSeconds: number },
): Promise<SignedToken> {
  if (secret === null) throw new Error('there is no secret to sign tokens with');
  const iat = Math.floor(now / 1_000);
  const exp = iat + ttlSeconds;
  const payload = { ...claims, iat, exp, ...(issuer === null ? {} : { iss: issuer }), ...(audience === null ? {} : { aud: audience }) };
  const token = await new SignJWT(payload).setProtectedHeader({ alg: SECRET_ALGORITHM, typ: 'JWT' }).sign(Buffer.from(secret));
  return { token, expiresAt: new Date(exp * 1_000) };
}
