import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../domain/entry-limit.js';
import { CLAIM_MS, LOOKED_AT_MS } from '../port/healing-marks.js';
import type { HealingMarks, LookClaim } from '../port/healing-marks.js';

/** So many conversations are remembered. */
const MAX_REMEMBERED = 100_000;

/** Claims of a gateway that shares its log with none. */
export class LocalLookClaims implements Pick<HealingMarks, 'claim' | 'release'> {
  /** When each claim lapses, epoch milliseconds. */
  readonly #claimed = new Map<string, number>();
  readonly #lookedAt = new LRUCache<string, number>(entryLimit(MAX_REMEMBERED));

  claim(conversationId: string, since: Date, now: Date): Promise<LookClaim> {
    const lookedAt = this.#lookedAt.get(conversationId) ?? -Infinity;
    if (lookedAt >= since.getTime() && lookedAt > now.getTime() - LOOKED_AT_MS) return Promise.resolve('done');
    if ((this.#claimed.get(conversationId) ?? -Infinity) > now.getTime()) return Promise.resolve('busy');
    this.#claimed.set(conversationId, now.getTime() + CLAIM_MS);
    return Promise.resolve('claimed');
  }

  /** Whoever knows that a look is to be repeated is the only one to repeat it. */
  release(conversationId: string, lookedAt: Date | null): Promise<void> {
    this.#claimed.delete(conversationId);
    const before = this.#lookedAt.get(conversationId) ?? -Infinity;
    if (lookedAt !== null) this.#lookedAt.set(conversationId, Math.max(before, lookedAt.getTime()));
    return Promise.resolve();
  }
}
