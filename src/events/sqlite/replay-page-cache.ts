import type { Clock } from '../../domain/clock.js';
import type { ReplayPage } from '../delivery/catch-up-subscription.js';

/** How long a page may be reused: 1 s. */
const TTL_MS = 1_000;
/** Maximum number of cached pages. */
const MAX_PAGES = 400;

interface CachedPage {
  /** Weak, so that the page is released once no subscription uses it. */
  readonly page: WeakRef<ReplayPage>;
  /** Head of the scope when the page was read. */
  readonly head: number;
  readonly until: number;
}

/**
 * Caches pages read a moment ago: thousands of clients that reconnect after an outage ask for the same ones, and share the decoded events.
 * A page is valid while its scope's head is unchanged, and nothing was removed or given another identity.
 */
export class ReplayPageCache {
  readonly #pages = new Map<string, CachedPage>();

  constructor(private readonly clock: Clock) {}

  /** The page for `key`, if a read with the scope's current head would return the same. */
  find(key: string, head: number): ReplayPage | null {
    const cached = this.#pages.get(key);
    return cached !== undefined && cached.head === head && cached.until > this.clock() ? (cached.page.deref() ?? null) : null;
  }

  keep(key: string, head: number, page: ReplayPage): void {
    this.#pages.delete(key);
    this.#pages.set(key, { page: new WeakRef(page), head, until: this.clock() + TTL_MS });
    this.#sweep();
  }

  /** Call before and after events are removed, and after identities were assigned. */
  clear(): void {
    this.#pages.clear();
  }

  /** Entries are in order of age. */
  #sweep(): void {
    const now = this.clock();
    for (const [key, { until }] of this.#pages) {
      if (until > now && this.#pages.size <= MAX_PAGES) return;
      this.#pages.delete(key);
    }
  }
}
