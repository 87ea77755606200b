import { createLocalJWKSet, errors } from 'jose';
import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters } from 'jose';
import type { Clock } from '../domain/clock.js';
import { AuthUnavailableError } from '../domain/errors.js';

/** After so long the keys are fetched again, while those at hand stay in use: 10 min. */
const FRESH_MS = 600_000;
/** For so long keys are good when they cannot be fetched again: 24 h. */
const USABLE_MS = 86_400_000;
/** So long at least lies between two fetches, whatever keys tokens name: 30 s. After one that failed, 5 s. */
const COOLDOWN_MS = 30_000;
const COOLDOWN_AFTER_FAULT_MS = 5_000;
const TIMEOUT_MS = 5_000;
const MAX_CHARACTERS = 262_144;
/** How many keys are tried for a token that does not name exactly one of them. */
const MAX_TRIED = 8;

export interface KeySetOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  /** Called for each fetch that fails. */
  readonly onFault: (error: unknown) => void;
  /** Called when other keys came than before: what was checked by those no longer counts. */
  readonly onChange: () => void;
}

/** The key by which a token says it was signed. */
export type FindKey = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

interface Held {
  readonly text: string;
  readonly findKey: FindKey;
  readonly fetchedAt: number;
}

/**
 * The public keys at a JWKS URL. They are fetched when first needed, again now and then, and when a token names one that is not among them, which is how new
 * ones come in. An outage there is bridged with the keys at hand.
 */
export class JwksCache {
  #held: Held | null = null;
  #fetching: Promise<void> | null = null;
  #askedAt = -Infinity;
  #failed = false;

  constructor(private readonly options: KeySetOptions) {}

  /** Fetches the keys again if it is time, without anybody waiting for it. */
  keepFresh(): void {
    if (this.#held !== null && this.options.clock() - this.#held.fetchedAt >= FRESH_MS) void this.#refresh();
  }

  /**
   * What `check` makes of a token with the key that the token names; where it names none, or several have that id, with each that fits its algorithm, as far as eight.
   * Where the signature is by none of them the keys are fetched once more, if that is not too soon: another key may have taken the place of one without an id.
   * Rejects as `check` does, with jose's `JWKSNoMatchingKey`, and with `AuthUnavailableError` where no key can be fetched.
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
      // A key that came in since may be among those that could not be fetched.
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

  /** Fetches the keys, unless that was done just now; those who ask meanwhile wait for the same fetch. Never rejects. */
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
      if (text.length > MAX_CHARACTERS) throw new Error('the key set is too large');
    }
    if (!response.ok) throw new Error(`the key set was answered with ${response.status}`);
    return text;
  }
}

/** jose does not choose among several keys that fit: it hands out all of them. */
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

/** Another key may do: the signature is not by this one, or this one is invalid (too short, say), which jose reports as a `TypeError`. */
const isOfKey = (failure: unknown): boolean => failure instanceof errors.JWSSignatureVerificationFailed || failure instanceof TypeError;
