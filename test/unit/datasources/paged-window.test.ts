import { readWindow } from '../../../src/datasources/paged-window.js';
import type { Page, PageRequest } from '../../../src/datasources/paged-window.js';
import type { Window, WindowOf } from '../../../src/domain/window.js';

const listOf = (length: number): readonly number[] => Array.from({ length }, (_, place) => place);

/** Pages as the upstream serves them; each call takes the next list, the last one again and again. */
function pager(lists: readonly (readonly number[])[], tellsTotal = true) {
  const requests: PageRequest[] = [];
  const readPage = (request: PageRequest): Promise<Page<number>> => {
    const list = lists[Math.min(requests.length, lists.length - 1)] ?? [];
    requests.push(request);
    const { size, page, reversed } = request;
    const ordered = reversed ? [...list].reverse() : list;
    return Promise.resolve({ items: ordered.slice(page * size, (page + 1) * size), total: tellsTotal ? list.length : null });
  };
  return { requests, readPage };
}

/** The same window by the words of its definition. */
function expected(list: readonly number[], { kind, count, from, before }: Window): readonly number[] {
  const between = list.slice(from, before ?? undefined);
  return kind === 'first' ? between.slice(0, count) : between.slice(-count);
}

function* windows(): Generator<Window> {
  for (const kind of ['first', 'last'] as const) {
    for (const count of [1, 2, 3, 7, 20, 30]) {
      for (let from = 0; from <= 48; from += 1) {
        yield { kind, count, from, before: null };
        for (let before = 0; before <= 50; before += 1) yield { kind, count, from, before };
      }
    }
  }
}

interface Outcome {
  readonly window: Window;
  readonly result: WindowOf<number>;
  readonly requests: readonly PageRequest[];
}

/** What is wrong with a window's outcome, in words; null when nothing is. */
function fault(list: readonly number[], { window, result, requests }: Outcome): string | null {
  const items = expected(list, window);
  const isOfItself = window.before !== null && window.before <= window.from;
  if (JSON.stringify(result.items) !== JSON.stringify(items)) return 'items';
  if (requests.length > (isOfItself ? 0 : window.kind === 'last' && window.before === null ? 1 : 2)) return 'calls';
  if (requests.some(({ size }) => size > 100)) return 'page size';
  if (isOfItself) return result.total === null && result.start === window.from ? null : 'empty window';
  if (result.total !== list.length) return 'total';
  const [first, last] = [items[0], items.at(-1)];
  if (first !== undefined && result.start !== first) return 'start';
  const hasMore = window.kind === 'first' ? Math.max(last ?? 0, window.from) < list.length - 1 : list.length > 0 && result.start > 0;
  const isBeyond = window.kind === 'first' && items.length === 0;
  return result.hasMore === (isBeyond ? false : hasMore) ? null : 'hasMore';
}

describe('readWindow', () => {
  it('returns the same items, positions and length as slicing the list, in two calls at most', async () => {
    const faults: string[] = [];
    for (const length of [0, 1, 2, 3, 6, 7, 8, 19, 20, 21, 40, 45]) {
      const list = listOf(length);
      for (const window of windows()) {
        const { requests, readPage } = pager([list]);
        const result = await readWindow(readPage, window);
        const wrong = fault(list, { window, result, requests });
        if (wrong !== null) faults.push(`${wrong}: ${length} items, ${JSON.stringify(window)} gave ${JSON.stringify(result)}`);
      }
    }
    expect(faults.slice(0, 5)).toEqual([]);
  });

  it('stays within two calls for the largest windows', async () => {
    const list = listOf(400);
    for (let from = 0; from < 420; from += 13) {
      for (const window of [
        { kind: 'first', count: 100, from, before: null },
        { kind: 'last', count: 100, from: 0, before: from + 1 },
      ] as const) {
        const { requests, readPage } = pager([list]);
        expect((await readWindow(readPage, window)).items).toEqual(expected(list, window));
        expect(requests.length).toBeLessThanOrEqual(2);
        expect(Math.max(...requests.map(({ size }) => size))).toBeLessThanOrEqual(100);
      }
    }
  });

  it('reads windows longer than a page of the upstream in as many pages as they cover', async () => {
    const list = listOf(333);
    for (const count of [101, 150, 200, 250]) {
      for (const window of [
        { kind: 'first', count, from: 37, before: null },
        { kind: 'last', count, from: 0, before: 290 },
        { kind: 'last', count, from: 0, before: null },
      ] as const) {
        const { requests, readPage } = pager([list]);
        const result = await readWindow(readPage, window);
        expect(result).toMatchObject({ items: expected(list, window), start: expected(list, window)[0], total: 333, hasMore: true });
        expect(requests.every(({ size }) => size <= 100)).toBe(true);
      }
    }
  });

  it('reads one page where one can hold the window', async () => {
    const { requests, readPage } = pager([listOf(45)]);
    await readWindow(readPage, { kind: 'last', count: 20, from: 0, before: 25 });
    expect(requests).toEqual([{ size: 25, page: 0, reversed: false }]);
  });

  it('reads the end of a list in one call, from its end', async () => {
    const { requests, readPage } = pager([listOf(45)]);
    const result = await readWindow(readPage, { kind: 'last', count: 20, from: 0, before: null });
    expect(requests).toEqual([{ size: 20, page: 0, reversed: true }]);
    expect(result).toEqual({ items: listOf(45).slice(25), start: 25, total: 45, hasMore: true });
  });

  describe('where the list changes between two pages', () => {
    const window = { kind: 'first', count: 100, from: 50, before: null } as const;

    it('leaves out what follows a gap when it grows', async () => {
      const { requests, readPage } = pager([listOf(80), listOf(130)]);
      const result = await readWindow(readPage, window);
      expect(requests).toHaveLength(2);
      expect(result).toEqual({ items: listOf(80).slice(50), start: 50, total: 130, hasMore: true });
    });

    it('never reports a length shorter than its items when the list shrinks', async () => {
      const { readPage } = pager([listOf(130), listOf(90)]);
      expect(await readWindow(readPage, window)).toEqual({ items: listOf(100).slice(50), start: 50, total: 130, hasMore: true });
    });

    it('reads the end where the list is shorter than the caller remembers', async () => {
      const { requests, readPage } = pager([listOf(10)]);
      const result = await readWindow(readPage, { kind: 'last', count: 5, from: 0, before: 60 });
      expect(result).toEqual({ items: [5, 6, 7, 8, 9], start: 5, total: 10, hasMore: true });
      expect(requests).toHaveLength(2);
    });
  });

  describe('if the upstream does not report the length', () => {
    it.each([
      ['a full page', { kind: 'first', count: 5, from: 0, before: null }, [0, 1, 2, 3, 4], true],
      ['a page that is not full', { kind: 'first', count: 5, from: 5, before: null }, [5, 6, 7], false],
      ['a window cut short by before', { kind: 'first', count: 5, from: 0, before: 3 }, [0, 1, 2], true],
      ['an end that is the whole list', { kind: 'last', count: 9, from: 0, before: null }, listOf(8), false],
      ['a window before a place', { kind: 'last', count: 3, from: 0, before: 6 }, [3, 4, 5], true],
    ] as const)('returns what it can after %s', async (_case, window, items, hasMore) => {
      const { readPage } = pager([listOf(8)], false);
      expect(await readWindow(readPage, window)).toEqual({ items, start: items[0], total: null, hasMore });
    });

    it('refuses to guess places at the end of a longer list', async () => {
      const { readPage } = pager([listOf(8)], false);
      await expect(readWindow(readPage, { kind: 'last', count: 3, from: 0, before: null })).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
      });
    });
  });

  it('returns no more items than it asked for', async () => {
    const careless = () => Promise.resolve({ items: listOf(45), total: 45 });
    expect((await readWindow(careless, { kind: 'first', count: 20, from: 0, before: null })).items).toEqual(listOf(20));
  });
});
