/** How tokens are checked, and made. */
export interface TokenSettings {
  /** The key of HS256, 32 bytes or more. Null if no such tokens are accepted. */
  readonly secret: string | null;
  /** Another key of HS256, for rotation: tokens signed with it are accepted, and none are issued. */
  readonly secondarySecret?: string | null;
  /** Where the public keys are (RFC 7517). Null if no tokens signed with such keys are accepted. */
  readonly jwksUrl: string | null;
  /** What `iss` and `aud` must be. Null if they may be anything, or missing. */
  readonly issuer: string | null;
  readonly audience: string | null;
}

/** What tokens signed with a secret may be signed by. */
export const SECRET_ALGORITHM = 'HS256';
/** Accepted algorithms of tokens that are signed with a key of the JWKS. */
export const KEY_SET_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
/** How far the clock of who signs may be ahead of ours: 30 s. A token's end is its end. */
export const CLOCK_SKEW_SECONDS = 30;
/** As many conversations as a token may name. */
export const MAX_CONVERSATIONS = 100;
/** How long a token that is made here may live: a day. */
export const MAX_TTL_SECONDS = 86_400;
