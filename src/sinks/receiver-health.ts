import { retryDelayMs } from './retry-delays.js';
import type { RetryLimits } from './retry-delays.js';

/** After so many failures in a row, of whatever events, the receiver counts as down. */
const DOWN_AFTER = 10;
/** The longest delay between two attempts at a receiver that is down, in milliseconds. */
const MAX_PROBE_DELAY_MS = 10_000;

export interface ReceiverHealthOptions {
  readonly limits: RetryLimits;
  readonly clock: () => number;
  readonly random: () => number;
  /** Called when attempts may be made again after a pause, and when a receiver that was down has accepted an event. */
  readonly onReady: (recovered: boolean) => void;
}

/** Decides how many attempts a receiver can take: one now and then while it is down, none while it asks to wait. */
export class ReceiverHealth {
  #failures = 0;
  #acceptedAt = 0;
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: ReceiverHealthOptions) {}

  get isDown(): boolean {
    return this.#failures >= DOWN_AFTER;
  }

  /** Whether the last attempt failed. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** When it last accepted an event, in epoch milliseconds; 0 if never. */
  get acceptedAt(): number {
    return this.#acceptedAt;
  }

  /** How many attempts may be in flight, of `most`. */
  limit(most: number): number {
    if (this.options.clock() < this.#pausedUntil) return 0;
    return this.isDown ? 1 : most;
  }

  accepted(): void {
    const wasDown = this.isDown;
    this.#failures = 0;
    this.#acceptedAt = this.options.clock();
    if (wasDown) this.options.onReady(true);
  }

  failed(retryAfterMs: number | null): void {
    this.#failures += 1;
    const { limits, random } = this.options;
    const asked = Math.min(retryAfterMs ?? 0, limits.maxRetryAfterMs);
    const delay = this.isDown ? Math.min(MAX_PROBE_DELAY_MS, retryDelayMs(this.#failures - DOWN_AFTER + 1, limits, random)) : 0;
    // A receiver that asks for no delay, or for one until a time gone by, gets the usual one.
    if (asked > 0 || delay > 0) this.#pause(Math.max(asked, delay));
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.options.clock() + ms);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.options.onReady(false);
      },
      this.#pausedUntil - this.options.clock() + 1,
    );
  }
}
