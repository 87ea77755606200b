import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.js';
import { useQuota } from '../domain/rate-limit.js';
import { importJwk } from './import-jwk.js';

/** Where the public keys that webhooks are signed with come from. */
export interface KeySource {
  /** Null when there is no usable key of that id. Rejects with `KeyEndpointUnavailableError` when that cannot be told now. */
  byKid(kid: string): Promise<KeyObject | null>;
}

/** The contact centre's key endpoint did not answer, or too many unknown keys are being asked for at once: the sender should come back later. */
export class KeyEndpointUnavailableError extends Error {
  override readonly name = 'KeyEndpointUnavailableError';
}

export interface SigningKeysOptions {
  /** The key as a JWK, null when there is none of that id; rejects when that cannot be told. */
  readonly fetchJwk: (kid: string) => Promise<Readonly<Record<string, unknown>> | null>;
  readonly clock: Clock;
}

interface KnownKey {
  readonly key: KeyObject;
  /** Epoch milliseconds; the endpoint is asked again after it. */
  readonly freshUntil: number;
}

const KEY_TTL_MS = 3_600_000;
const MISS_TTL_MS = 60_000;
/** After a refresh that failed. */
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

/**
 * Signing keys by id, remembered for an hour, and longer while the endpoint is down. An id that names no key is remembered for a minute. Strangers choose
 * the ids that we see, so everything is bounded: one fetch in flight for an id, and for ids not yet known to name a key
 * four at once and sixty a minute.
 */
export function createSigningKeys({ fetchJwk, clock }: SigningKeysOptions): KeySource {
  const known = new LRUCache<string, KnownKey>({ max: MAX_KEYS });
  const missedUntil = new LRUCache<string, number>({ max: MAX_MISSES });
  const inFlight = new Map<string, Promise<KeyObject | null>>();
  let unknownInFlight = 0;
  let budgetFullAt = 0;

  async function fetchKey(kid: string): Promise<KeyObject | null> {
    const jwk = await fetchJwk(kid);
    const key = jwk === null ? null : importJwk(jwk, kid);
    if (key === null) {
      known.delete(kid);
      missedUntil.set(kid, clock() + MISS_TTL_MS);
    } else {
      missedUntil.delete(kid);
      known.set(kid, { key, freshUntil: clock() + KEY_TTL_MS });
    }
    return key;
  }

  async function refresh(kid: string, { key }: KnownKey): Promise<KeyObject | null> {
    try {
      return await fetchKey(kid);
    } catch {
      known.set(kid, { key, freshUntil: clock() + STALE_GRACE_MS });
      return key;
    }
  }

  async function meet(kid: string): Promise<KeyObject | null> {
    const budget = useQuota(budgetFullAt, UNKNOWN_KEYS, clock());
    if (unknownInFlight >= MAX_UNKNOWN_IN_FLIGHT || !budget.use.allowed)
      throw new KeyEndpointUnavailableError('too many unknown signing keys are being fetched');
    budgetFullAt = budget.fullAt;
    unknownInFlight += 1;
    try {
      return await fetchKey(kid);
    } catch (cause) {
      throw new KeyEndpointUnavailableError('the signing key cannot be fetched', { cause });
    } finally {
      unknownInFlight -= 1;
    }
  }

  async function byKid(kid: string): Promise<KeyObject | null> {
    if (!isPlainKid(kid)) return null;
    const held = known.get(kid);
    if (held !== undefined && clock() < held.freshUntil) return held.key;
    if (clock() < (missedUntil.get(kid) ?? 0)) return null;
    const pending = inFlight.get(kid);
    if (pending !== undefined) return pending;
    const fetching = (held === undefined ? meet(kid) : refresh(kid, held)).finally(() => inFlight.delete(kid));
    inFlight.set(kid, fetching);
    return fetching;
  }
  return { byKid };
}
