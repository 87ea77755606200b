/** How much of something one caller may use: all of it at once, or spread. What was used comes back evenly, all of it within `windowMs`. */
export interface Quota {
  /** How many uses: 1 to 10,000. */
  readonly count: number;
  readonly windowMs: number;
}

/** What became of one use. */
export interface QuotaUse {
  readonly allowed: boolean;
  /** How many uses are left right now. */
  readonly remaining: number;
  /** When a refused caller has a use again, in milliseconds; 0 where this one was allowed. */
  readonly retryAfterMs: number;
}

/**
 * The port to where uses are counted: in this process, or shared by several gateways. Keys hold ids of callers, never a token.
 * A refused use costs nothing.
 */
export interface RateLimitStore {
  /** Uses one. Where it rejects, the caller lets the request through: a store that is down must not take the gateway with it. */
  take(key: string, quota: Quota): QuotaUse | Promise<QuotaUse>;
}

/** Sums of parts of milliseconds are not exact. */
const TOLERANCE_MS = 0.5;

/**
 * The arithmetic of every store (GCRA, the generic cell rate algorithm): all that is kept of a caller is the moment at which its quota is full again.
 * `fullAt`: epoch milliseconds; whatever lies in the past means full. Answers with the new moment, which a refused use leaves as it is.
 */
export function consumeQuota(
  resetAt: number,
  { count, windowMs }: Quota,
  now: number,
): { readonly resetAt: number; readonly use: QuotaUse } {
  const eachMs = windowMs / count;
  const usedMs = Math.max(0, resetAt - now) + eachMs;
  const leftMs = windowMs - usedMs + TOLERANCE_MS;
  if (leftMs < 0) return { resetAt: resetAt, use: { allowed: false, remaining: 0, retryAfterMs: Math.ceil(-leftMs) } };
  return { resetAt: now + usedMs, use: { allowed: true, remaining: Math.floor(leftMs / eachMs), retryAfterMs: 0 } };
}
