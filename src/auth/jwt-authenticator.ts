import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JWTVerifyOptions } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.js';
import { GatewayError, UnauthenticatedError } from '../domain/errors.js';
import type { Authenticator } from './authenticator.js';
import { viewerOfClaims } from './claims.js';
import type { Claims, ToConversationId } from './claims.js';
import { JwksCache } from './jwks-cache.js';
import { CLOCK_SKEW_SECONDS, KEY_SET_ALGORITHMS, SECRET_ALGORITHM } from './token-settings.js';
import type { TokenSettings } from './token-settings.js';
import { ANONYMOUS } from './viewer.js';
import type { Viewer } from './viewer.js';

/** How long a token may be, in characters. */
const MAX_TOKEN = 16_384;
/** How much of tokens is remembered, in characters. */
const MAX_REMEMBERED = 8_388_608;

export interface JwtOptions {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly toConversationId: ToConversationId;
  /** Called when the JWKS cannot be fetched. */
  readonly onKeyFault: (error: unknown) => void;
}

/**
 * Verifies JSON Web Tokens (RFC 7519): HS256 with the secret, other listed algorithms with a key of the JWKS, never one instead of the other. Each token is
 * verified once while it is among those used last.
 */
export class JwtAuthenticator implements Authenticator {
  readonly #known = new LRUCache<string, Viewer>({ maxSize: MAX_REMEMBERED, sizeCalculation: (_viewer, token) => token.length });
  readonly #keys: JwksCache | null;
  /** The one that tokens are issued with, then the one that is only accepted. */
  readonly #secrets: readonly KeyObject[];

  constructor(
    private readonly settings: TokenSettings,
    private readonly options: JwtOptions,
  ) {
    const { clock, fetch, onKeyFault } = options;
    const { secret, secondarySecret = null, jwksUrl: url } = settings;
    const keys = url === null ? null : new JwksCache({ url, clock, fetch, onFault: onKeyFault, onChange: () => this.#known.clear() });
    this.#secrets = [secret, secondarySecret].flatMap((text) => (text === null ? [] : [createSecretKey(text, 'utf8')]));
    this.#keys = keys;
  }

  authenticate(authorization: string | undefined): Viewer | Promise<Viewer> {
    if (authorization === undefined || authorization.trim() === '') return ANONYMOUS;
    const token = /^\s*bearer +([\w.~+/=-]+)\s*$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > MAX_TOKEN) throw new UnauthenticatedError('`authorization` must be: Bearer TOKEN.');
    this.#keys?.keepFresh();
    const known = this.#known.get(token);
    return known === undefined ? this.#verified(token) : this.#unexpired(known);
  }

  async #verified(token: string): Promise<Viewer> {
    const claims = await this.#claims(token);
    const viewer = this.#unexpired(viewerOfClaims(claims, this.options.toConversationId));
    this.#known.set(token, viewer);
    return viewer;
  }

  async #claims(token: string): Promise<Claims> {
    try {
      // Neither kind of key instead of the other.
      if (decodeProtectedHeader(token).alg !== SECRET_ALGORITHM) return await this.#claimsByKeySet(token);
      return await this.#claimsBySecret(token);
    } catch (error) {
      throw error instanceof GatewayError ? error : toUnauthenticated(error);
    }
  }

  async #claimsBySecret(token: string): Promise<Claims> {
    const rules = { ...this.#rules(), algorithms: [SECRET_ALGORITHM] };
    let failure: unknown = notValid();
    for (const secret of this.#secrets) {
      try {
        return (await jwtVerify(token, secret, rules)).payload;
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #claimsByKeySet(token: string): Promise<Claims> {
    if (this.#keys === null) throw notValid();
    const rules = { ...this.#rules(), algorithms: KEY_SET_ALGORITHMS };
    return this.#keys.checked(async (keyOf) => (await jwtVerify(token, keyOf, rules)).payload);
  }

  #rules(): JWTVerifyOptions {
    const { issuer, audience } = this.settings;
    return {
      requiredClaims: ['exp'],
      currentDate: new Date(this.options.clock()),
      clockTolerance: CLOCK_SKEW_SECONDS,
      ...(issuer === null ? {} : { issuer }),
      ...(audience === null ? {} : { audience }),
    };
  }

  /** The clocks of others may be ahead when a token begins; it ends when it says. */
  #unexpired(viewer: Viewer): Viewer {
    if (viewer.expiresAt !== null && viewer.expiresAt.getTime() <= this.options.clock()) throw expired();
    return viewer;
  }
}

const expired = () => new UnauthenticatedError('The token has expired: get a new one.');
const notValid = (cause?: unknown) => new UnauthenticatedError('Invalid token.', { cause });

function toUnauthenticated(error: unknown): UnauthenticatedError {
  if (error instanceof errors.JWTExpired) return expired();
  if (error instanceof errors.JWTClaimValidationFailed)
    return new UnauthenticatedError(`Token claim \`${error.claim}\` has an unexpected value.`, { cause: error });
  return notValid(error);
}
