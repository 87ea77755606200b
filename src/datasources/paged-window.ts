import type { Window, WindowOf } from '../domain/window.js';
import { unreadable } from './upstream/upstream-errors.js';

/** The largest page that the upstreams' contracts show. */
export const UPSTREAM_PAGE_SIZE = 100;

/** One page: the positions `page * size` to `(page + 1) * size`, counted from the list's end if `reversed`. */
export interface PageRequest {
  readonly size: number;
  /** 0-based. */
  readonly page: number;
  /** Take the list from its end. */
  readonly reversed: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Length of the whole list; null if unknown. */
  readonly total: number | null;
}

export type ReadPage<T> = (request: PageRequest) => Promise<Page<T>>;

/** Positions from `start` to before `end`, one at least. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a window of a list that its upstream serves in pages of up to 100: one page wherever one can hold the window, and always for the end of the list (`last`
 * without `before`); else two, or for a window longer than a page as many as it covers.
 */
export function readWindow<T>(readPage: ReadPage<T>, window: Window): Promise<WindowOf<T>> {
  const { kind, count, from, before } = window;
  if (before !== null && before <= from) {
    return Promise.resolve({ items: [], start: from, total: null, hasMore: kind === 'last' && from > 0 });
  }
  if (kind === 'first') return readForward(readPage, { start: from, end: Math.min(from + count, before ?? Infinity) });
  return before === null ? readEnd(readPage, window) : readBefore(readPage, window, before);
}

async function readForward<T>(readPage: ReadPage<T>, stretch: Stretch): Promise<WindowOf<T>> {
  const requests = toPageRequests(stretch);
  const read = joined(requests, await Promise.all(requests.map(readPage)));
  const items = within(read, stretch);
  const end = stretch.start + items.length;
  // If the length is unknown, a full page may be followed by another.
  const hasMore = read.total === null ? read.isFull || read.end > stretch.end : end < read.total;
  return { items, start: stretch.start, total: read.total, hasMore };
}

async function readEnd<T>(readPage: ReadPage<T>, { count, from }: Window): Promise<WindowOf<T>> {
  const requests = toPageRequests({ start: 0, end: count }).map((request) => ({ ...request, reversed: true }));
  const read = joined(requests, await Promise.all(requests.map(readPage)));
  const newestFirst = read.items.slice(0, count);
  const { total } = read;
  if (total === null && newestFirst.length === count) throw unreadable('a list without its length, so that its end has no position');
  const first = (total ?? newestFirst.length) - newestFirst.length;
  const start = Math.max(first, from);
  const items = [...newestFirst].reverse().slice(start - first);
  return { items, start, total, hasMore: start > 0 && total !== 0 };
}

async function readBefore<T>(readPage: ReadPage<T>, window: Window, before: number): Promise<WindowOf<T>> {
  const stretch = { start: Math.max(window.from, before - window.count), end: before };
  const [request, ...others] = toPageRequests(stretch);
  const page = await readPage(request);
  // The list is shorter than the caller remembers it: what ends before `before` is its end.
  if (page.total !== null && page.total < before && page.total > window.from) return readEnd(readPage, window);
  const read = joined([request, ...others], [page, ...(await Promise.all(others.map(readPage)))]);
  return { items: within(read, stretch), start: stretch.start, total: read.total, hasMore: stretch.start > 0 && read.total !== 0 };
}

/** The smallest page that holds the stretch, else the neighbours that do: two, unless it is longer than a page of the upstream. */
function toPageRequests({ start, end }: Stretch): readonly [PageRequest, ...PageRequest[]] {
  const length = end - start;
  for (let size = length; size <= UPSTREAM_PAGE_SIZE; size += 1) {
    const page = Math.floor(start / size);
    if (end <= (page + 1) * size) return [{ size, page, reversed: false }];
  }
  const size = Math.min(length, UPSTREAM_PAGE_SIZE);
  const first = Math.floor(start / size);
  const others = Array.from({ length: Math.ceil(end / size) - first - 1 }, (_, index) => first + 1 + index);
  return [{ size, page: first, reversed: false }, ...others.map((page) => ({ size, page, reversed: false }))];
}

/** What neighbouring pages hold together. */
interface Joined<T> {
  readonly items: readonly T[];
  /** Place of `items[0]`. */
  readonly start: number;
  /** Place after the last item. */
  readonly end: number;
  /** The last page holds as much as was asked for. */
  readonly isFull: boolean;
  readonly total: number | null;
}

function joined<T>(requests: readonly PageRequest[], pages: readonly Page<T>[]): Joined<T> {
  const items: T[] = [];
  let isFull = true;
  for (const [index, { size }] of requests.entries()) {
    // The list grew between the two answers: after a page that is not full, the positions of the next do not continue it.
    if (!isFull) break;
    const found = pages[index]?.items.slice(0, size) ?? [];
    items.push(...found);
    isFull = found.length === size;
  }
  const start = (requests[0]?.page ?? 0) * (requests[0]?.size ?? 0);
  const end = start + items.length;
  const totals = pages.flatMap(({ total }) => (total === null ? [] : [total]));
  // It may have shrunk or grown between the two answers; it is never shorter than what it has just shown.
  const total = totals.length === 0 ? null : Math.max(...totals, items.length === 0 ? 0 : end);
  return { items, start, end, isFull, total };
}

function within<T>(read: Joined<T>, { start, end }: Stretch): readonly T[] {
  return read.items.slice(start - read.start, end - read.start);
}
