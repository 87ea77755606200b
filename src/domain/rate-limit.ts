/** How many requests a caller may make: in one burst or spread out. Used quota refills evenly, all of it within `windowMs`. */
export interface Quota {
  /** 1 to 10,000. */
  readonly count: number;
  readonly windowMs: number;
}

/** The outcome of one use. */
export interface QuotaUse {
  readonly allowed: boolean;
  /** How many uses are left now. */
  readonly remaining: number;
  /** How long a rejected caller has to wait, in milliseconds; 0 if allowed. */
  readonly retryAfterMs: number;
}

/**
 * Port: counts uses in this process, or shared by several gateways. Keys hold callers' ids, never a token.
 * A rejected use costs nothing.
 */
export interface RateLimitStore {
  /** Consumes one use. If it throws, the caller allows the request: a store that is down must not take the gateway down. */
  consume(key: string, quota: Quota): QuotaUse | Promise<QuotaUse>;
}

/** Absorbs floating-point errors of fractional milliseconds. */
const TOLERANCE_MS = 0.5;

/**
 * GCRA, the generic cell rate algorithm, as every store computes it: the only state per caller is when its quota is full again.
 * `resetAt`: epoch milliseconds; any past time means full. Returns the new value, unchanged if the use was rejected.
 */
export function consumeQuota(
  resetAt: number,
  { count, windowMs }: Quota,
  now: number,
): { readonly resetAt: number; readonly use: QuotaUse } {
  const eachMs = windowMs / count;
  const usedMs = Math.max(0, resetAt - now) + eachMs;
  const leftMs = windowMs - usedMs + TOLERANCE_MS;
  if (leftMs < 0) return { resetAt, use: { allowed: false, remaining: 0, retryAfterMs: Math.ceil(-leftMs) } };
  return { resetAt: now + usedMs, use: { allowed: true, remaining: Math.floor(leftMs / eachMs), retryAfterMs: 0 } };
}
