/** Pages in the first batch of a burst. */
const FIRST = 2;
const MOST = 64;
/** How many events one batch should hold: reading them, and then passing them on, takes some three milliseconds each. */
const EVENTS = 400;

/**
 * How many pages of events may be read in one batch. How many events a page holds is known only when it is read: a burst of reads begins with few pages, and goes on with
 * twice as many, or half, as long as the last ones held much fewer events than a batch should, or more.
 */
export class PageAllowance {
  #allowed = FIRST;

  get allowed(): number {
    return this.#allowed;
  }

  /** A batch of this many pages held this many events. */
  used(pages: number, events: number): void {
    if (events > EVENTS) this.#allowed = Math.max(1, Math.floor(pages / 2));
    else if (pages === this.#allowed && events * 2 < EVENTS) this.#allowed = Math.min(MOST, this.#allowed * 2);
  }

  /** The burst is over. */
  reset(): void {
    this.#allowed = FIRST;
  }
}
