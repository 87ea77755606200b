import type { RateLimitStore } from '../../../domain/rate-limit.js';

/** Gateways that share a log share this counter. */
const KEY = 'healing';
/** What the store tolerates of a call that is too early, and a little more, so that the budget is never exceeded. */
const SLACK_MS = 1;
/** While calls cannot be counted, none is made; it is asked again after so long. */
const UNCOUNTED_MS = 1_000;

/**
 * Takes one call of the budget, which has no bursts: resolves with 0 if there is one, or with how long to wait until there may be, in
 * milliseconds.
 */
export type TakeCall = () => Promise<number>;

/** The budget of calls for healing, shared by whoever shares the store. `callsPerSecond`: more than 0. */
export function callBudget(store: RateLimitStore, callsPerSecond: number): TakeCall {
  const quota = { count: 1, windowMs: 1_000 / callsPerSecond + SLACK_MS };
  return async () => {
    try {
      const { allowed, retryAfterMs } = await store.consume(KEY, quota);
      return allowed ? 0 : Math.max(1, retryAfterMs);
    } catch {
      return UNCOUNTED_MS;
    }
  };
}
