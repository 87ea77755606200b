/** What an upstream is silent for at least before it is considered down, in milliseconds. */
const MIN_SILENT_MS = 600;
/** The same while it is not known how long its answers take. */
const UNKNOWN_SILENT_MS = 2_000;
/** How many times as long as its slowest answer lately. */
const SLOWNESS_FACTOR = 3;
/** What each answer leaves of the slowest one before it: half of it after 45. */
const DECAY = 63 / 64;

/** How long no answer at all has to arrive before an upstream is considered silent and not just slow: longer than its answers take lately. */
export class SilenceThreshold {
  #slowestMs: number | null = null;

  /** An answer that took this long has arrived. */
  answered(tookMs: number): void {
    this.#slowestMs = Math.max(tookMs, (this.#slowestMs ?? 0) * DECAY);
  }

  /** In milliseconds. */
  get ms(): number {
    return this.#slowestMs === null ? UNKNOWN_SILENT_MS : Math.max(MIN_SILENT_MS, SLOWNESS_FACTOR * this.#slowestMs);
  }
}
