import { idOf, listed } from './stored-connection.js';
import type { Args, PageInfo, StoredConnection, StoredEdge } from './stored-connection.js';

/** A page in its place in the list. */
export interface PlacedPage {
  readonly before: readonly StoredEdge[];
  readonly page: readonly StoredEdge[];
  readonly after: readonly StoredEdge[];
  readonly pageInfo: PageInfo | undefined;
  readonly args: Args;
}

/** The list's `pageInfo`: of each end what the page says that reaches it, and what was known of it before where it has not moved. */
export function mergePageInfo(existing: StoredConnection | null, { before, page, after, pageInfo, args }: PlacedPage): PageInfo {
  const known = existing?.edges ?? [];
  const edges = [...before, ...page, ...after];
  const stated = { ...impliedBy(args, page.length), ...pageInfo };
  const start = { was: known[0], is: edges[0], known: existing?.pageInfo, stated: before.length === 0 ? stated : {} };
  // Entries that events have added are behind the last page, not part of it.
  const end = {
    was: listed(known).at(-1),
    is: listed(edges).at(-1),
    known: existing?.pageInfo,
    stated: listed(after).length === 0 ? stated : {},
  };
  return { __typename: 'PageInfo', ...boundary('hasPreviousPage', 'startCursor', start), ...boundary('hasNextPage', 'endCursor', end) };
}

/** What a page's arguments imply: nothing comes before the first or after the last ones, and a page that is not full is all there is. */
function impliedBy(args: Args, count: number): PageInfo {
  const { first, last, after = null, before = null } = args ?? {};
  const isStart = after === null && (typeof first === 'number' || count < last);
  const isEnd = before === null && (typeof last === 'number' || count < first);
  return { ...(isStart ? { hasPreviousPage: false } : {}), ...(isEnd ? { hasNextPage: false } : {}) };
}

interface Boundary {
  readonly was: StoredEdge | undefined;
  readonly is: StoredEdge | undefined;
  readonly known: PageInfo | undefined;
  readonly stated: PageInfo;
}

function boundary(
  more: 'hasPreviousPage' | 'hasNextPage',
  cursor: 'startCursor' | 'endCursor',
  { was, is, known, stated }: Boundary,
): PageInfo {
  const isUnmoved = was !== undefined && is !== undefined && idOf(was) === idOf(is);
  const hasMore = stated[more] ?? (isUnmoved ? known?.[more] : undefined);
  // The entry's own comes first: that of an empty page is null, that which an event has added is "".
  const ownCursor = (is?.cursor === '' ? undefined : is?.cursor) ?? (isUnmoved ? known?.[cursor] : undefined) ?? stated[cursor];
  return { ...(hasMore === undefined ? {} : { [more]: hasMore }), ...(ownCursor === undefined ? {} : { [cursor]: ownCursor }) };
}
