import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/clock.js';
import { entryLimit } from '../domain/entry-limit.js';
import { withTimeout } from '../domain/with-timeout.js';

/** How many channels are remembered. */
const MAX_KNOWN = 10_000;
/** For how long one counts as existing without another look-up, since it may be deleted elsewhere: 10 min. */
const KNOWN_MS = 600_000;
/** How many answers are remembered of ids that no channel was found for. */
const MAX_LOOKUPS = 1_000;
/** For how long such an answer counts, since a channel may be created: 5 s. */
const LOOKUP_MS = 5_000;
/** How long a look-up is waited for: what is to be filtered may be known without the upstream, which may be about to time out. */
const MAX_WAIT_MS = 3_000;

interface Lookup {
  readonly isMissing: Promise<boolean>;
  /** Epoch milliseconds; infinite while it is in progress. */
  until: number;
}

/** Channels (vendor ids) that this gateway has lately read of, and those that were not found lately. */
export class KnownChannels {
  /** Until when each counts as existing: epoch milliseconds. */
  readonly #known = new LRUCache<string, number>(entryLimit(MAX_KNOWN));
  readonly #lookups = new LRUCache<string, Lookup>(entryLimit(MAX_LOOKUPS));

  constructor(
    private readonly clock: Clock,
    private readonly maxWaitMs = MAX_WAIT_MS,
  ) {}

  has(channelId: string): boolean {
    return (this.#known.get(channelId) ?? -Infinity) > this.clock();
  }

  remember(channelId: string): void {
    this.#known.set(channelId, this.clock() + KNOWN_MS);
    this.#lookups.delete(channelId);
  }

  /** Called once it is deleted. */
  forget(channelId: string): void {
    this.#known.delete(channelId);
    this.#lookups.delete(channelId);
  }

  /**
   * Whether there is no such channel; false while that cannot be found out, or not soon enough.
   * @param lookUp whether there is one, from the upstream: called once for all who ask meanwhile; it may reject
   */
  isMissing(channelId: string, lookUp: () => Promise<boolean>): boolean | Promise<boolean> {
    if (this.has(channelId)) return false;
    const last = this.#lookups.get(channelId);
    if (last !== undefined && last.until > this.clock()) return last.isMissing;
    const lookup: Lookup = {
      isMissing: withTimeout(this.maxWaitMs, this.#find(channelId, lookUp), () => new Error('The look-up takes too long'))
        .catch(() => false)
        .finally(() => (lookup.until = this.clock() + LOOKUP_MS)),
      until: Infinity,
    };
    this.#lookups.set(channelId, lookup);
    return lookup.isMissing;
  }

  async #find(channelId: string, lookUp: () => Promise<boolean>): Promise<boolean> {
    try {
      if (await lookUp()) this.remember(channelId);
      // It may have been created meanwhile.
      else return !this.has(channelId);
    } catch {
      // Nobody knows; what is read next reports what is wrong with the upstream if it needs it.
    }
    return false;
  }
}
