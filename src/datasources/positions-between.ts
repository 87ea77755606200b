import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import type { Window, WindowOf } from '../domain/window.js';

type Fetch = (window: Window) => Promise<WindowOf<{ readonly createdAt: Date | null }>>;

/**
 * Which positions of a list in order of time lie after one moment and not after another: from `from` on, before `before`. Both moments may be open (null). Halves its way
 * there by pages, so a list of n items costs about log2(n / page) reads, and one that a single page holds one read. Null where the list has no length or no times.
 */
export async function positionsBetween(
  fetch: Fetch,
  after: Date | null,
  until: Date | null,
): Promise<{ from: number; before: number } | null> {
  const newest = await fetch({ kind: 'last', count: MAX_PAGE_SIZE, from: 0, before: null });
  if (newest.total === null || newest.items.some(({ createdAt }) => createdAt === null)) return null;
  const from = after === null ? 0 : await countUntil(fetch, newest, after.getTime());
  const before = until === null ? newest.total : await countUntil(fetch, newest, until.getTime());
  return from === null || before === null ? null : { from, before: Math.max(from, before) };
}

/** How many items are not later than a moment; they are the first ones. Null where a time is missing. */
async function countUntil(fetch: Fetch, newest: Awaited<ReturnType<Fetch>>, moment: number): Promise<number | null> {
  let page = newest;
  let low = 0;
  let high = newest.start + newest.items.length;
  while (low < high) {
    const times = page.items.map(({ createdAt }) => createdAt?.getTime() ?? null);
    if (times.includes(null)) return null;
    const passed = times.filter((time) => time !== null && time <= moment).length;
    if (passed === times.length) low = Math.max(low, page.start + passed);
    else if (passed > 0) return page.start + passed;
    else high = Math.min(high, page.start);
    if (times.length === 0) high = low;
    if (low < high)
      page = await fetch({
        kind: 'first',
        count: MAX_PAGE_SIZE,
        from: Math.max(low, Math.floor((low + high - MAX_PAGE_SIZE) / 2)),
        before: high,
      });
  }
  return low;
}
