/** When a failed event is sent again, and when it is abandoned. */
export interface RetryLimits {
  /** Delay before the second attempt; it doubles from then on. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** An event is abandoned after so many attempts, if others were accepted meanwhile: the receiver works, but not for this event. */
  readonly maxAttempts: number;
  /** An event is abandoned so long after its first attempt in any case. */
  readonly maxAgeMs: number;
  /** The longest `Retry-After` that is honoured. */
  readonly maxRetryAfterMs: number;
}

export const RETRY_LIMITS: RetryLimits = {
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxAttempts: 10,
  maxAgeMs: 24 * 3_600_000,
  maxRetryAfterMs: 3_600_000,
};

/** Delay after the attempt of a number, from 1: between half of a doubling delay and the whole of it. */
export function retryDelayMs(attempts: number, { firstDelayMs, maxDelayMs }: RetryLimits, random: () => number): number {
  const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 30));
  return delay / 2 + (delay / 2) * random();
}

/** What is known of the attempts to send an event. */
export interface Attempts {
  readonly attempts: number;
  readonly firstAt: number;
}

/** `acceptedAt`: when the receiver last accepted any event; 0 if never. */
export function isAbandonable({ attempts, firstAt }: Attempts, now: number, acceptedAt: number, limits: RetryLimits): boolean {
  return now - firstAt >= limits.maxAgeMs || (attempts >= limits.maxAttempts && acceptedAt > firstAt);
}
