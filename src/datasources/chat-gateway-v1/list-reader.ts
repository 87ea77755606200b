import type { UnknownRecord } from '../../domain/parse-unknown.js';
import type { Window, WindowOf } from '../../domain/window.js';
import type { ReadOptions } from '../chat-api.js';
import { readWindow } from '../paged-window.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { embeddedPage } from './hal.js';

/** A list that the Chat Gateway serves in pages. */
export interface PagedList<T> {
  readonly operation: string;
  readonly path: string;
  /** In FIQL; all items where there is none. */
  readonly filter?: string | null;
  /** Its name in `_embedded`. */
  readonly rel: string;
  /** The field that determines each item's permanent position. */
  readonly sortBy: string;
  /** Null where the item names nothing. */
  readonly item: (raw: UnknownRecord) => T | null;
}

/** Reads a window of a list; an empty list where the upstream answers 404. */
export function fetchWindow<T>(client: UpstreamCalls, list: PagedList<T>, window: Window, read: ReadOptions): Promise<WindowOf<T>> {
  const { operation, path, rel, sortBy, item, filter } = list;
  return readWindow(async ({ size, page, reversed }) => {
    const sort = `${sortBy}:${reversed ? 'desc' : 'asc'}`;
    const query = { size, page, sort, ...(filter === null || filter === undefined ? {} : { filter }) };
    const body = await client.read({ operation, path, query, ...read });
    return body === null ? { items: [], total: 0 } : embeddedPage(body, rel, item);
  }, window);
}
