import type { Clock } from '../../domain/clock.js';

/** How many calls may be under way, and wait. */
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
  readonly refuse: () => void;
}

/** How much each call counts in the mean of how long they take. */
const WEIGHT = 1 / 32;

/** Bounds what is under way, and what waits for that: first come, first served. Who would wait too long, by how long calls took lately, is refused at once. */
export class ConcurrencyLimiter {
  #taken = 0;
  readonly #queue = new Set<Waiting>();
  /** Since when some wait, while any do. */
  #waitingSince = 0;
  /** How long a call takes, in milliseconds; null before the first. */
  #meanMs: number | null = null;

  constructor(private readonly limits: SlotLimits) {}

  get taken(): number {
    return this.#taken;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** How long the next one would wait, in milliseconds. */
  get waitMs(): number {
    return ((this.#queue.size + 1) * (this.#meanMs ?? 0)) / this.limits.inFlight;
  }

  /** Whether there is room at once; then to be followed by `leave`. */
  tryAcquire(): boolean {
    if (this.#taken >= this.limits.inFlight) return false;
    this.#taken += 1;
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
      const waiting = { admit: () => settle(true), refuse: () => settle(false) };
      const tooLate = setTimeout(waiting.refuse, mostMs);
      this.#queue.add(waiting);
    });
  }

  /** `tookMs`: how long the call took. */
  release(tookMs: number): void {
    this.#meanMs = this.#meanMs === null ? tookMs : this.#meanMs + (tookMs - this.#meanMs) * WEIGHT;
    const [next] = this.#queue;
    // Its place goes to the next one.
    if (next === undefined) this.#taken -= 1;
    else next.admit();
  }

  /** Refuses all that wait, and forgets how long calls took: it is to be told for an upstream that is down. */
  clear(): void {
    this.#meanMs = null;
    for (const waiting of this.#queue) waiting.refuse();
  }
}
