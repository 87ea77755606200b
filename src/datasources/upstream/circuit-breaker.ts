import type { Clock } from '../../domain/clock.js';

/** What lies longer back does not count. */
const JUDGED_MS = 30_000;
/** While the circuit is open, one call is let through so often, to see whether the upstream is back. */
const PROBE_EVERY_MS = 1_000;

/**
 * Whether it is any use to call the upstream. Opens when half of the last calls failed, or when the upstream is reported silent; closes with the first answer after that.
 * No timers: it is asked.
 */
export class CircuitBreaker {
  #recent: { readonly at: number; readonly failed: boolean }[] = [];
  /** When the next probe is due, epoch milliseconds; null while the circuit is closed. */
  #probeAt: number | null = null;

  /** `onChange` is called with each change. `judgedCalls`: the size of the window; fewer calls never open the circuit. */
  constructor(
    private readonly clock: Clock,
    private readonly onChange: (open: boolean) => void,
    private readonly judgedCalls = 20,
  ) {}

  get open(): boolean {
    return this.#probeAt !== null;
  }

  /** Whether a call is to find out now if the upstream is back. Each yes is for one call. */
  probeDue(): boolean {
    if (this.#probeAt === null || this.clock() < this.#probeAt) return false;
    this.#probeAt = this.clock() + PROBE_EVERY_MS;
    return true;
  }

  /** The upstream answered, however unkindly. */
  answered(): void {
    if (this.#probeAt === null) {
      this.#note(false);
      return;
    }
    this.#probeAt = null;
    this.#recent = [];
    this.onChange(false);
  }

  /** A call brought no answer, or one that says that the upstream is broken. */
  failed(): void {
    if (this.open) return;
    this.#note(true);
    const since = this.clock() - JUDGED_MS;
    const judged = this.#recent.filter(({ at }) => at > since);
    if (judged.length < this.judgedCalls || judged.filter(({ failed }) => failed).length * 2 < this.judgedCalls) return;
    this.trip();
  }

  /** Opens it, for reasons of one's own. */
  trip(): void {
    if (this.open) return;
    this.#probeAt = this.clock() + PROBE_EVERY_MS;
    this.onChange(true);
  }

  #note(failed: boolean): void {
    this.#recent.push({ at: this.clock(), failed });
    if (this.#recent.length > this.judgedCalls) this.#recent.shift();
  }
}
