import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.js';
import { entryLimit } from '../../domain/entry-limit.js';
import { consumeQuota } from '../../domain/rate-limit.js';
import type { Quota, QuotaUse, RateLimitStore } from '../../domain/rate-limit.js';

/** So many callers are remembered; one number and a short text each. Who floods with more keys than that is limited by none of them, nor is memory. */
const MAX_CALLERS = 100_000;

/** Counts in this process alone: each of several gateways grants the whole quota. */
export class RateLimitsInMemory implements RateLimitStore {
  /** By size, each counting one: for a `max`, lru-cache allocates for all entries up front. */
  readonly #resetAt = new LRUCache<string, number>(entryLimit(MAX_CALLERS));

  constructor(private readonly clock: Clock) {}

  consume(key: string, quota: Quota): QuotaUse {
    const { resetAt, use } = consumeQuota(this.#resetAt.get(key) ?? 0, quota, this.clock());
    if (use.allowed) this.#resetAt.set(key, resetAt);
    return use;
  }
}
