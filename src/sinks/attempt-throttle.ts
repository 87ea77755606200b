/** Attempts that all sinks of a gateway start in one tick of its event loop: about a millisecond of work. */
const PER_TICK = 8;

/** Spreads the start of attempts over ticks of the event loop, so that webhooks and queries are served in between, however much waits. */
export class AttemptThrottle {
  #left = PER_TICK;
  #isScheduled = false;
  /** In the order in which they have waited. */
  readonly #waiting = new Set<() => void>();

  /** Whether one more may start in this tick; if not, `again` is called in a later one. */
  tryStart(again: () => void): boolean {
    this.#schedule();
    if (this.#left > 0) {
      this.#left -= 1;
      return true;
    }
    this.#waiting.add(again);
    return false;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#begin());
  }

  #begin(): void {
    this.#isScheduled = false;
    this.#left = PER_TICK;
    for (const again of [...this.#waiting]) {
      // The others are the first in the next tick. A caller that had its share of this one and wants more is last.
      if (this.#left <= 0) {
        this.#schedule();
        return;
      }
      this.#waiting.delete(again);
      again();
    }
  }
}
