import type { Clock } from '../../domain/clock.js';
import type { ReplayPage } from '../delivery/catch-up-subscription.js';

/** How long a page may be handed out again: 1 s. */
const KEPT_MS = 1_000;
/** How many are kept at most. */
const MAX_PAGES = 400;

interface Kept {
  /** Weakly: when nobody comes any more, nothing else would let go of it. */
  readonly page: WeakRef<ReplayPage>;
  /** Where the scope ended when the page was read. */
  readonly end: number;
  readonly until: number;
}

/**
 * PageReader that were read a moment ago: thousands who come back from one outage ask for the same ones, and share what is made of their events. A page is as good as new
 * while its scope ends where it did, and nothing was removed or named anew.
 */
export class ReplayPageCache {
  readonly #pages = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /** The page asked for by `key`, if it is what a read would give now that its scope ends at `end`. */
  find(key: string, end: number): ReplayPage | null {
    const kept = this.#pages.get(key);
    return kept !== undefined && kept.end === end && kept.until > this.clock() ? (kept.page.deref() ?? null) : null;
  }

  keep(key: string, end: number, page: ReplayPage): void {
    this.#pages.delete(key);
    this.#pages.set(key, { page: new WeakRef(page), end, until: this.clock() + KEPT_MS });
    this.#sweep();
  }

  /** To be called before and after events are removed, and after messages were named. */
  clear(): void {
    this.#pages.clear();
  }

  /** Kept in order of age. */
  #sweep(): void {
    const now = this.clock();
    for (const [key, { until }] of this.#pages) {
      if (until > now && this.#pages.size <= MAX_PAGES) return;
      this.#pages.delete(key);
    }
  }
}
