import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ReadOptions } from '../chat-api.js';
import { readWindow } from '../paged-window.js';
import type { Page, ReadPage } from '../paged-window.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { unreadable } from '../upstream/upstream-errors.js';
import { dataPage } from './response-body.js';

/** A list that the Chat API serves in pages. */
export interface PagedList<T> {
  readonly operation: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** What asks for the list from its end; null where nothing does. */
  readonly backwards: Readonly<Record<string, string>> | null;
  /** Null where the item names nothing. */
  readonly item: (raw: UnknownRecord) => T | null;
}

/** Reads pages of a list; all are empty where the upstream answers 404. */
export function createPageReader<T>(client: UpstreamCalls, list: PagedList<T>, read: ReadOptions): ReadPage<T> {
  const { operation, path, query = {}, backwards, item } = list;
  const readOne = async (size: number, page: number, order: Readonly<Record<string, string>> = {}): Promise<Page<T>> => {
    const body = await client.read({ operation, path, query: { size, page, ...query, ...order }, ...read });
    return body === null ? { items: [], total: 0 } : dataPage(body, item);
  };
  return ({ size, page, reversed }) => {
    if (!reversed) return readOne(size, page);
    return backwards === null ? fetchLast(readOne, size) : readOne(size, page, backwards);
  };
}

/** Reads a window of a list: two pages at most, three for the end of one that cannot be had from its end. */
export function fetchWindow<T>(client: UpstreamCalls, list: PagedList<T>, window: Window, read: ReadOptions): Promise<WindowOf<T>> {
  return readWindow(createPageReader(client, list, read), window);
}

/** The last `size` items, newest first, of a list that can be had from its start only. */
async function fetchLast<T>(read: (size: number, page: number) => Promise<Page<T>>, size: number): Promise<Page<T>> {
  const first = await read(size, 0);
  if (first.total === null) throw unreadable('a list without its length, so that its end has no position');
  if (first.total <= size) return { ...first, items: [...first.items].reverse() };
  const lastPage = Math.floor((first.total - 1) / size);
  const pages = await Promise.all([lastPage === 1 ? Promise.resolve(first) : read(size, lastPage - 1), read(size, lastPage)]);
  return {
    total: first.total,
    items: pages
      .flatMap(({ items }) => items)
      .slice(-size)
      .reverse(),
  };
}
