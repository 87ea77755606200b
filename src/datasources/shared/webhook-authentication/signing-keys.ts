import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../domain/clock.js';
import { entryLimit } from '../../../domain/entry-limit.js';
import { consumeQuota } from '../../../domain/rate-limit.js';
import type { Span } from '../../../observability/tracing.js';
import { importJwk } from './import-jwk.js';

/** Where the public keys that webhooks are signed with come from. */
export interface KeySource {
  /**
   * Null if there is no usable key of that id. Rejects with `KeyEndpointUnavailableError` if that is unknown now: the endpoint does not answer, or may publish
   * the key soon (`KeyNotPublishedError`). `span`: what a call for it is a step of; null if nothing is traced.
   */
  byKid(kid: string, span?: Span | null): Promise<KeyObject | null>;
}

/** The contact centre's key endpoint did not answer, or too many unknown keys are being fetched: the sender should retry later. */
export class KeyEndpointUnavailableError extends Error {
  override readonly name: string = 'KeyEndpointUnavailableError';
}

/** The key endpoint does not know this id yet: a new key may be published a moment later. */
export class KeyNotPublishedError extends KeyEndpointUnavailableError {
  override readonly name = 'KeyNotPublishedError';
}

export interface SigningKeysOptions {
  /** The key as a JWK; null if there is none of that id. Rejects if the endpoint does not answer. */
  readonly fetchJwk: (kid: string, span: Span | null) => Promise<Readonly<Record<string, unknown>> | null>;
  readonly clock: Clock;
}

interface KnownKey {
  readonly key: KeyObject;
  /** Epoch milliseconds; the key is fetched again after that. */
  readonly freshUntil: number;
}

const KEY_TTL_MS = 3_600_000;
/** How long an id may be unknown to the endpoint before it counts as wrong. */
const PUBLICATION_GRACE_MS = 300_000;
/** How often an unknown id is fetched again: within the grace period, and after it. */
const GRACE_RETRY_MS = 5_000;
const MISS_TTL_MS = 60_000;
/** How much longer a key is used after its refresh failed. */
const STALE_GRACE_MS = 60_000;
const MAX_KEYS = 100;
const MAX_MISSES = 200;
const MAX_UNKNOWN_IN_FLIGHT = 4;
/** Fetches of ids not yet known to name a key. */
const UNKNOWN_KEYS = { count: 60, windowMs: 60_000 };

/** A key id that can go into a URL path as it is. */
export function isPlainKid(kid: unknown): kid is string {
  return typeof kid === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(kid);
}

interface Miss {
  readonly since: number;
  readonly retryAt: number;
}

/**
 * Signing keys by id, cached for an hour, and longer while the endpoint is down. An unknown id is fetched again every 5 s for 5 minutes, while the sender should retry,
 * then once a minute. Anybody can send any id, so everything is bounded: one fetch in flight per id, and for ids without a known key four in flight and sixty a minute.
 */
export function createSigningKeys({ fetchJwk, clock }: SigningKeysOptions): KeySource {
  const known = new LRUCache<string, KnownKey>(entryLimit(MAX_KEYS));
  const misses = new LRUCache<string, Miss>(entryLimit(MAX_MISSES));
  const inFlight = new Map<string, Promise<KeyObject | null>>();
  let unknownInFlight = 0;
  let budgetFullAt = 0;

  async function fetchKey(kid: string, span: Span | null): Promise<KeyObject | null> {
    const jwk = await fetchJwk(kid, span);
    const key = jwk === null ? null : importJwk(jwk, kid);
    if (key === null) return recordMiss(kid, jwk === null && !known.has(kid));
    misses.delete(kid);
    known.set(kid, { key, freshUntil: clock() + KEY_TTL_MS });
    return key;
  }

  /** `isNew`: its key may still be published. A withdrawn or unusable key is not waited for. */
  function recordMiss(kid: string, isNew: boolean): null {
    known.delete(kid);
    const since = misses.get(kid)?.since ?? (isNew ? clock() : -Infinity);
    misses.set(kid, { since, retryAt: clock() + (isAwaited(since) ? GRACE_RETRY_MS : MISS_TTL_MS) });
    return unknownSince(since);
  }

  const isAwaited = (since: number) => clock() - since < PUBLICATION_GRACE_MS;

  function unknownSince(since: number): null {
    if (isAwaited(since)) throw new KeyNotPublishedError('the signing key is not published yet');
    return null;
  }

  async function refresh(kid: string, { key }: KnownKey, span: Span | null): Promise<KeyObject | null> {
    try {
      return await fetchKey(kid, span);
    } catch {
      known.set(kid, { key, freshUntil: clock() + STALE_GRACE_MS });
      return key;
    }
  }

  async function fetchUnknown(kid: string, span: Span | null): Promise<KeyObject | null> {
    const budget = consumeQuota(budgetFullAt, UNKNOWN_KEYS, clock());
    if (unknownInFlight >= MAX_UNKNOWN_IN_FLIGHT || !budget.use.allowed)
      throw new KeyEndpointUnavailableError('too many unknown signing keys are being fetched');
    budgetFullAt = budget.resetAt;
    unknownInFlight += 1;
    try {
      return await fetchKey(kid, span);
    } catch (cause) {
      if (cause instanceof KeyNotPublishedError) throw cause;
      throw new KeyEndpointUnavailableError('the signing key cannot be fetched', { cause });
    } finally {
      unknownInFlight -= 1;
    }
  }

  async function byKid(kid: string, span: Span | null = null): Promise<KeyObject | null> {
    if (!isPlainKid(kid)) return null;
    const held = known.get(kid);
    if (held !== undefined && clock() < held.freshUntil) return held.key;
    const miss = misses.get(kid);
    if (miss !== undefined && clock() < miss.retryAt) return unknownSince(miss.since);
    const pending = inFlight.get(kid);
    if (pending !== undefined) return pending;
    const fetching = (held === undefined ? fetchUnknown(kid, span) : refresh(kid, held, span)).finally(() => inFlight.delete(kid));
    inFlight.set(kid, fetching);
    return fetching;
  }
  return { byKid };
}
