import type { Clock } from '../../domain/clock.js';

/** How many calls may be in flight, and wait. */
export interface SlotLimits {
  readonly inFlight: number;
  readonly queued: number;
  /** How long one may wait, in milliseconds. */
  readonly queuedMs: number;
  /** The same once some have been waiting for as long as `queuedMs` without a break: what comes then is no burst, and to wait gains nothing. */
  readonly overloadWaitMs: number;
  readonly clock: Clock;
}

interface Waiting {
  readonly admit: () => void;
  readonly reject: () => void;
}

/** The weight of each call in the moving average of durations. */
const WEIGHT = 1 / 32;

/** Bounds the calls in flight and the queue for them, in order of arrival. A call that would wait too long, by recent durations, is rejected immediately. */
export class ConcurrencyLimiter {
  #inFlight = 0;
  readonly #queue = new Set<Waiting>();
  /** Since when some wait, while any do. */
  #waitingSince = 0;
  /** The average duration of a call, in milliseconds; null before the first. */
  #meanMs: number | null = null;

  constructor(private readonly limits: SlotLimits) {}

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** How long the next one would wait, in milliseconds. */
  get waitMs(): number {
    return ((this.#queue.size + 1) * (this.#meanMs ?? 0)) / this.limits.inFlight;
  }

  /** Whether there is a free slot; if so, `release` must follow. */
  tryAcquire(): boolean {
    if (this.#inFlight >= this.limits.inFlight) return false;
    this.#inFlight += 1;
    return true;
  }

  /** Where there is none: resolves with true once there is, to be followed by `leave`. With false where too many wait, or it would wait or has waited too long, or `clear` was called. */
  acquire(): Promise<boolean> {
    const now = this.limits.clock();
    if (this.#queue.size === 0) this.#waitingSince = now;
    const { queued, queuedMs, overloadWaitMs } = this.limits;
    const mostMs = now - this.#waitingSince > queuedMs ? overloadWaitMs : queuedMs;
    if (this.#queue.size >= queued || this.waitMs > mostMs) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (admitted: boolean) => {
        clearTimeout(tooLate);
        this.#queue.delete(waiting);
        resolve(admitted);
      };
      const waiting = { admit: () => settle(true), reject: () => settle(false) };
      const tooLate = setTimeout(waiting.reject, mostMs);
      this.#queue.add(waiting);
    });
  }

  /** `tookMs`: how long the call took. */
  release(tookMs: number): void {
    this.#meanMs = this.#meanMs === null ? tookMs : this.#meanMs + (tookMs - this.#meanMs) * WEIGHT;
    const [next] = this.#queue;
    // Its slot goes to the next one.
    if (next === undefined) this.#inFlight -= 1;
    else next.admit();
  }

  /** Rejects all that wait, and resets the average: to be called when the upstream is down. */
  clear(): void {
    this.#meanMs = null;
    for (const waiting of this.#queue) waiting.reject();
  }
}
