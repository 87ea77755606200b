import { LRUCache } from 'lru-cache';
import { LOOKED_AT_MS } from '../port/healing-marks.js';
import type { HealingMarks } from '../port/healing-marks.js';

/** So many conversations are remembered. */
const MAX_REMEMBERED = 100_000;

/** Claims of a gateway that shares its log with none. */
export class LocalLookClaims implements Pick<HealingMarks, 'claim' | 'release'> {
  readonly #claimed = new Set<string>();
  readonly #lookedAt = new LRUCache<string, number>({ maxSize: MAX_REMEMBERED, sizeCalculation: () => 1 });

  claim(conversationId: string, since: Date, now: Date): Promise<'claimed' | 'done' | 'busy'> {
    const lookedAt = this.#lookedAt.get(conversationId) ?? -Infinity;
    if (lookedAt >= since.getTime() && lookedAt > now.getTime() - LOOKED_AT_MS) return Promise.resolve('done');
    if (this.#claimed.has(conversationId)) return Promise.resolve('busy');
    this.#claimed.add(conversationId);
    return Promise.resolve('claimed');
  }

  release(conversationId: string, lookedAt: Date | null): Promise<void> {
    this.#claimed.delete(conversationId);
    if (lookedAt !== null) this.#lookedAt.set(conversationId, lookedAt.getTime());
    return Promise.resolve();
  }
}
