import { createLocalJWKSet, errors } from 'jose';
import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose';
import type { Clock } from '../domain/clock.js';
import { AuthUnavailableError } from '../domain/errors.js';

/** Age at which the keys are fetched again, while the cached ones stay in use: 10 min. */
const FRESH_MS = 600_000;
/** How long cached keys may be used if they cannot be fetched again: 24 h. */
const USABLE_MS = 86_400_000;
/** Minimum time between two fetches, whatever keys tokens name: 30 s; 5 s after a failed one. */
const COOLDOWN_MS = 30_000;
const COOLDOWN_AFTER_FAULT_MS = 5_000;
const TIMEOUT_MS = 5_000;
const MAX_CHARACTERS = 262_144;
/** How many keys are tried for a token that does not name exactly one of them. */
const MAX_TRIED = 8;

export interface JwksCacheOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Called for each fetch that fails. */
  readonly onFault: (error: unknown) => void;
  /** Called when the keys have changed: tokens verified with earlier keys must be verified again. */
  readonly onChange: () => void;
}

/** Finds the key that a token names in its header. */
export type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

interface Held {
  readonly text: string;
  readonly findKey: FindKey;
  readonly fetchedAt: number;
}

/**
 * The public keys at a JWKS URL. They are fetched on first use, refreshed periodically, and fetched again when a token names an unknown key. During an outage of
 * the URL the cached keys stay in use.
 */
export class JwksCache {
  #held: Held | null = null;
  #fetching: Promise<void> | null = null;
  #askedAt = -Infinity;
  #failed = false;

  constructor(private readonly options: JwksCacheOptions) {}

  /** Refreshes old keys in the background. */
  keepFresh(): void {
    if (this.#held !== null && this.options.clock() - this.#held.fetchedAt >= FRESH_MS) void this.#refresh();
  }

  /**
   * The result of `check` with the key that the token names. If it names none, or several keys have that id, each one that fits its algorithm is tried, eight at most.
   * If none verifies the signature, the keys are fetched once more, outside the cooldown: a key without an id may have been replaced.
   * Rejects as `check` does, with jose's `JWKSNoMatchingKey`, or with `AuthUnavailableError` if no key can be fetched.
   */
  async checked<T>(check: (findKey: FindKey) => Promise<T>): Promise<T> {
    try {
      return await checkedByAny(check, this.#findKey);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      const before = this.#held?.text;
      await this.#refresh();
      if (this.#held?.text === before) throw error;
      return checkedByAny(check, this.#findKey);
    }
  }

  readonly #findKey: FindKey = async (header, token) => {
    this.keepFresh();
    if (this.#usable() === null) await this.#refresh();
    try {
      return await this.#require().findKey(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#refresh();
      // The key may be a new one that could not be fetched.
      if (this.#failed) throw this.#unavailable();
      return this.#require().findKey(header, token);
    }
  };

  #usable(): Held | null {
    return this.#held !== null && this.options.clock() - this.#held.fetchedAt < USABLE_MS ? this.#held : null;
  }

  #require(): Held {
    const held = this.#usable();
    if (held === null) throw this.#unavailable();
    return held;
  }

  #unavailable(): AuthUnavailableError {
    return new AuthUnavailableError('The keys to verify tokens cannot be fetched right now.', COOLDOWN_AFTER_FAULT_MS);
  }

  /** Fetches the keys unless the cooldown has not passed; concurrent callers share one fetch. Never rejects. */
  #refresh(): Promise<void> {
    const cooldownMs = this.#failed ? COOLDOWN_AFTER_FAULT_MS : COOLDOWN_MS;
    if (this.#fetching === null && this.options.clock() - this.#askedAt >= cooldownMs) {
      this.#askedAt = this.options.clock();
      this.#fetching = this.#fetch().finally(() => (this.#fetching = null));
    }
    return this.#fetching ?? Promise.resolve();
  }

  async #fetch(): Promise<void> {
    try {
      const text = await this.#text();
      const changed = this.#held !== null && this.#held.text !== text;
      const findKey = changed || this.#held === null ? createLocalJWKSet(JSON.parse(text) as JSONWebKeySet) : this.#held.findKey;
      this.#held = { text, findKey, fetchedAt: this.options.clock() };
      this.#failed = false;
      if (changed) this.options.onChange();
    } catch (error) {
      this.#failed = true;
      this.options.onFault(error);
    }
  }

  async #text(): Promise<string> {
    const response = await this.options.fetch(this.options.url, {
      headers: { accept: 'application/jwk-set+json, application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.length > MAX_CHARACTERS) throw new Error('the JWKS is too large');
    }
    if (!response.ok) throw new Error(`the JWKS URL responded with ${response.status}`);
    return text;
  }
}

/** If several keys fit, jose chooses none: its error iterates over all of them. */
async function checkedByAny<T>(check: (findKey: FindKey) => Promise<T>, findKey: FindKey): Promise<T> {
  try {
    return await check(findKey);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let left = MAX_TRIED;
    for await (const key of error) {
      if (left === 0) break;
      left -= 1;
      try {
        return await check(() => Promise.resolve(key));
      } catch (failure) {
        if (!isOfKey(failure)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Whether another key may verify the token: the signature is not by this key, or the key is invalid (such as too short), which jose reports as a `TypeError`. */
const isOfKey = (failure: unknown): boolean => failure instanceof errors.JWSSignatureVerificationFailed || failure instanceof TypeError;
