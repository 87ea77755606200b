import type { Clock } from '../../domain/clock.js';
import { GatewayError, TransientError, UpstreamTimeoutError, UpstreamUnavailableError } from '../../domain/errors.js';
import { asNumber, asRecord, asText } from '../../domain/parse-unknown.js';
import type { Span } from '../../observability/tracing.js';
import type { CredentialHeaders, CredentialSource } from '../upstream/credential-source.js';
import type { UpstreamClient } from '../upstream/upstream-client.js';
import { unreadable } from '../upstream/upstream-errors.js';

/** How long before its end a token is replaced: a fifth of its life, a minute at most. */
const RENEW_BEFORE_MS = 60_000;
/** How soon a renewal that failed, while the token is still good, is tried again. */
const RENEW_AGAIN_MS = 5_000;

interface Token {
  readonly headers: CredentialHeaders;
  /** Epoch milliseconds, as is `expiresAt`; both Infinity if the upstream sends no lifetime. */
  readonly renewAt: number;
  readonly expiresAt: number;
}

/**
 * The access token of the Chat API v2 (OAuth 2.0, RFC 6749 section 4.4), which all calls share: fetched when first needed, replaced a while before it expires, and where the
 * upstream rejects it. However many calls wait for one, it is fetched once; while a replacement is on its way, and also where none is to be had, the one that is still good
 * is used.
 */
export class AccessTokens implements CredentialSource {
  #token: Token | null = null;
  #fetching: Promise<Token> | null = null;
  #renewalFailedAt = -Infinity;

  /** `client` sends the API key and secret. */
  constructor(
    private readonly client: UpstreamClient,
    private readonly clock: Clock,
  ) {}

  /** Rejects with `UpstreamUnavailableError`, `UpstreamBusyError`, `UpstreamTimeoutError` or `RateLimitedError`. */
  async current(caller: Span | null = null): Promise<CredentialHeaders> {
    const now = this.clock();
    const token = this.#token;
    if (token === null || now >= token.expiresAt) return (await this.#fetch(caller)).headers;
    if (now >= token.renewAt && now >= this.#renewalFailedAt + RENEW_AGAIN_MS) {
      // Nobody waits for it: the token is good.
      this.#fetch(null).catch(() => (this.#renewalFailedAt = this.clock()));
    }
    return token.headers;
  }

  async refreshAfterRejection(rejected: CredentialHeaders, caller: Span | null = null): Promise<CredentialHeaders> {
    // Another call may have replaced it meanwhile.
    if (this.#token?.headers === rejected) this.#token = null;
    return this.current(caller);
  }

  #fetch(caller: Span | null): Promise<Token> {
    this.#fetching ??= this.#request(caller).finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #request(caller: Span | null): Promise<Token> {
    const askedAt = this.clock();
    const call = { operation: 'oauth.token', method: 'POST', accepts: 200, path: '/oauth/v2/token' } as const;
    const rest = { form: { grant_type: 'client_credentials' }, notFound: 'There is no token service.' };
    const answer = asRecord(await this.client.change({ ...call, ...rest }, caller).catch(asFaultOfRead));
    const value = asText(answer?.['access_token']) ?? '';
    // RFC 6750 section 2.1: what a header can hold.
    if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(value)) throw unreadable('no access token');
    // In seconds, and as a string by the contract. A lifetime of zero means nothing: an issued token is valid until it is rejected.
    const life = asNumber(answer?.['expires_in']) ?? Infinity;
    const lifeMs = life > 0 ? life * 1_000 : Infinity;
    const expiresAt = askedAt + lifeMs;
    const renewAt = expiresAt - (lifeMs === Infinity ? 0 : Math.min(RENEW_BEFORE_MS, lifeMs / 5));
    this.#token = { headers: { authorization: `Bearer ${value}` }, renewAt, expiresAt };
    return this.#token;
  }
}

/** Without a token nothing was sent, so nothing is uncertain; its errors are not the caller's to fix. */
function asFaultOfRead(error: unknown): never {
  if (!(error instanceof GatewayError) || error instanceof TransientError) throw error;
  const reason = error.cause instanceof Error ? error.cause.message : error.code;
  if (error.code === 'OUTCOME_UNKNOWN' && reason === 'no answer in time')
    throw new UpstreamTimeoutError('The contact centre did not answer in time.', { cause: new Error('no token in time') });
  throw new UpstreamUnavailableError('The contact centre is not available at the moment.', null, {
    cause: new Error(`no token was given (${reason})`),
  });
}
