import { positionsBetween } from '../../../src/datasources/positions-between.js';
import type { Window } from '../../../src/domain/window.js';

/** A list of messages at the given seconds, and how often it was read. */
function listOf(seconds: readonly (number | null)[]) {
  const items = seconds.map((second) => ({ createdAt: second === null ? null : new Date(second * 1_000) }));
  const list = {
    reads: 0,
    fetch: ({ kind, count, from, before }: Window) => {
      list.reads += 1;
      const end = Math.min(before ?? items.length, items.length);
      const start = kind === 'first' ? Math.min(from, end) : Math.max(from, end - count);
      const page = items.slice(start, Math.min(end, start + count));
      return Promise.resolve({ items: page, start, total: items.length, hasMore: false });
    },
  };
  return list;
}

const at = (second: number | null) => (second === null ? null : new Date(second * 1_000));

describe('the places between two moments', () => {
  it.each([0, 1, 99, 100, 101, 250, 1_000])('are those of a search through all %i items', async (length) => {
    const seconds = Array.from({ length }, (_, index) => Math.floor(index / 3) * 10);
    for (const after of [null, -5, 0, 10, 95, 333, 5_000]) {
      for (const until of [null, 0, 9, 500, 3_330, 9_999]) {
        const list = listOf(seconds);
        const from = after === null ? 0 : seconds.filter((second) => second <= after).length;
        const before = until === null ? length : seconds.filter((second) => second <= until).length;
        expect(await positionsBetween(list.fetch, at(after), at(until))).toEqual({ from, before: Math.max(from, before) });
      }
    }
  });

  it('cost one read for a list of a page, and few for a long one', async () => {
    const short = listOf(Array.from({ length: 100 }, (_, index) => index));
    await positionsBetween(short.fetch, at(10), at(20));
    expect(short.reads).toBe(1);
    const long = listOf(Array.from({ length: 6_400 }, (_, index) => index));
    await positionsBetween(long.fetch, at(100), at(6_000));
    expect(long.reads).toBeLessThanOrEqual(1 + 2 * 7);
  });

  it('is unknown without times', async () => {
    expect(await positionsBetween(listOf([1, null, 3]).fetch, at(1), at(2))).toBeNull();
  });
});
