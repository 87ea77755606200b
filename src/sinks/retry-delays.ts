/** When a failed event is sent again, and when it is abandoned. */
export interface RetryLimits {
  /** Delay before the second attempt; it doubles from then on. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** An event is abandoned after so many attempts between which others were accepted: the receiver works, but not for this event. */
  readonly maxRejections: number;
  /** An event is abandoned so long after its first attempt in any case. */
  readonly maxAgeMs: number;
  /** The longest `Retry-After` that is honoured. */
  readonly maxRetryAfterMs: number;
}

export const RETRY_LIMITS: RetryLimits = {
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  maxRejections: 8,
  maxAgeMs: 24 * 3_600_000,
  maxRetryAfterMs: 3_600_000,
};

/** Delay after the attempt of a number, from 1: between half of a doubling delay and the whole of it. */
export function retryDelayMs(attempts: number, { firstDelayMs, maxDelayMs }: RetryLimits, random: () => number): number {
  const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, 30));
  return delay / 2 + (delay / 2) * random();
}

/** Delay after a failed attempt: what the receiver asks for with `Retry-After`, but never less than it would be without. */
export function nextDelayMs(attempts: number, retryAfterMs: number | null, limits: RetryLimits, random: () => number): number {
  return Math.max(retryDelayMs(attempts, limits, random), Math.min(retryAfterMs ?? 0, limits.maxRetryAfterMs));
}

/** The attempts to send an event so far. */
export interface Attempts {
  attempts: number;
  /** Those after which the receiver had accepted another event before the next. */
  rejections: number;
  /** When the first and the last attempt were made, in epoch milliseconds; 0 before. */
  firstAt: number;
  lastAt: number;
}

/** Whether an event that has failed again is abandoned: so that its conversation, and what waits behind it, goes on. */
export function isAbandonable(
  { rejections, firstAt }: Pick<Attempts, 'rejections' | 'firstAt'>,
  now: number,
  { maxRejections, maxAgeMs }: RetryLimits,
): boolean {
  return rejections >= maxRejections || now - firstAt >= maxAgeMs;
}

/** Counts an attempt that begins. The one before was a rejection if the receiver has accepted another event since. Times are epoch milliseconds. */
export function beginAttempt(entry: Attempts, now: number, acceptedAt: number): void {
  if (entry.attempts === 0) entry.firstAt = now;
  else if (acceptedAt > entry.lastAt) entry.rejections += 1;
  entry.attempts += 1;
  entry.lastAt = now;
}

/** The latest attempt says nothing about the event: it does not count as a rejection, whatever the receiver accepts. */
export function disregardAttempt(entry: Pick<Attempts, 'lastAt'>): void {
  entry.lastAt = Infinity;
}
