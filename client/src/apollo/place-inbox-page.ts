import type { InboxFilter } from '../generated/graphql.js';
import { filterKey } from './inbox-filter.js';
import { idOf } from './stored-connection.js';
import type { Args, PageInfo, StoredConnection, StoredEdge } from './stored-connection.js';

/** A list with a page in its place. */
export interface PlacedInboxPage {
  readonly above: readonly StoredEdge[];
  readonly page: readonly StoredEdge[];
  readonly below: readonly StoredEdge[];
}

const isLive = (edge: StoredEdge): boolean => edge.isLive === true;

/** What the arguments say of a page: which end of the inbox it begins at, if any. */
export const isFromTop = (args: Args): boolean => (args?.['after'] ?? null) === null && (args?.['last'] ?? null) === null;
const isFromBottom = (args: Args): boolean => (args?.['before'] ?? null) === null && typeof args?.['last'] === 'number';

const reachesTop = (args: Args, pageInfo: PageInfo | undefined) => !args?.['after'] && pageInfo?.hasPreviousPage === false;

/**
 * Where a page belongs. Conversations move to the top while pages are read, so that entries which a page shares with the list say nothing; those whose cursor is still the
 * same have not moved, and between two of them nothing is missing. Without such an entry, the cursor that the page was read after or before says where it adjoins.
 * Entries that changes have put on top are newer than any page but one from the top. That one replaces what the list has with a filter, since entries further down may
 * not match any more.
 *
 * @returns null if an empty page that is next to something else
 */
export function placeInboxPage(
  stored: StoredConnection | null,
  entries: readonly StoredEdge[],
  args: Args,
  pageInfo: PageInfo | undefined,
): PlacedInboxPage | null {
  const known = stored?.edges ?? [];
  const moved = new Set(isFromTop(args) ? [] : known.filter(isLive).map(idOf));
  const page = entries.filter((entry) => !moved.has(idOf(entry)));
  const ids = new Set(page.map(idOf));
  const others = (edges: readonly StoredEdge[]) => edges.filter((edge) => !ids.has(idOf(edge)));
  const isAll = isFromTop(args) && filterKey(args?.['filter'] as InboxFilter) !== false;
  const isLast = pageInfo?.hasNextPage === false && !args?.['before'];
  const below = (from: number) => (isAll || isLast ? [] : others(known.slice(from)));

  const cursors = new Map(page.map((edge) => [idOf(edge), edge.cursor]));
  const isUnmoved = (edge: StoredEdge) => Boolean(edge.cursor) && cursors.get(idOf(edge)) === edge.cursor;
  const unmoved = known.findIndex(isUnmoved);
  const next = placeAtEnds(stored, args);
  if (unmoved !== -1 && next === null)
    return {
      above: isFromTop(args) ? [] : others(known.slice(0, unmoved)),
      page,
      below: below(known.map(isUnmoved).lastIndexOf(true) + 1),
    };
  if (isFromTop(args)) return { above: [], page, below: [] };

  const adjoining = next ?? placeByCursor(known, args);
  // What stands below the end of a page that shares nothing with it has moved, or may have a gap before it.
  if (adjoining?.end !== undefined) return { above: others(known.slice(0, adjoining.end)), page, below: [] };
  const lower = adjoining?.start === undefined ? [] : others(known.slice(adjoining.start));
  if (adjoining === null && entries.length === 0 && !isFromBottom(args) && known.length > 0) return null;
  const isTop = reachesTop(args, pageInfo) || (adjoining?.start !== undefined && known.slice(0, adjoining.start).every(isLive));
  return isTop ? { above: known.filter(isLive), page, below: lower } : { above: [], page: entries, below: lower };
}

/** The index at which a page begins that was read after a cursor, or ends that was read before one. */
type Place = { readonly end?: number; readonly start?: number } | null;

/** Of a page that goes on where the list ends, whatever else it shares with it. */
function placeAtEnds(stored: StoredConnection | null, args: Args): Place {
  const { edges, pageInfo } = stored ?? {};
  if (edges === undefined) return null;
  if (args?.['after'] && args['after'] === pageInfo?.endCursor) return { end: edges.length };
  if (!args?.['before'] || args['before'] !== pageInfo?.startCursor) return null;
  return { start: edges.filter(isLive).length };
}

/** Of one that was read from an entry of the list. */
function placeByCursor(known: readonly StoredEdge[], args: Args): Place {
  const indexOf = (cursor: unknown) => (cursor ? known.findIndex((edge) => edge.cursor === cursor) : -1);
  const [after, before] = [indexOf(args?.['after']), indexOf(args?.['before'])];
  if (after !== -1) return { end: after + 1 };
  return before === -1 ? null : { start: before };
}

/** The `pageInfo` of a list: of each end what the page says that reaches it, and of the other what was known. */
export function inboxPageInfo(
  known: PageInfo | undefined,
  { above, page, below }: PlacedInboxPage,
  args: Args,
  pageInfo: PageInfo | undefined,
): PageInfo {
  const isStart = above.length === 0 || (!args?.['after'] && above.every(isLive));
  const isEnd = below.length === 0;
  const hasPreviousPage = isFromTop(args) ? false : Boolean(args?.['after']) || pageInfo?.hasPreviousPage;
  const hasNextPage = isFromBottom(args) ? false : Boolean(args?.['before']) || pageInfo?.hasNextPage;
  // An empty page may end further down: a filter examines so many conversations for one.
  const start = { hasPreviousPage, startCursor: pageInfo?.startCursor ?? page[0]?.cursor ?? known?.startCursor };
  const end = { hasNextPage, endCursor: pageInfo?.endCursor ?? page.at(-1)?.cursor ?? known?.endCursor };
  const all = { ...known, ...(isStart ? start : {}), ...(isEnd ? end : {}) };
  const said = Object.entries(all).filter(([, value]) => value !== undefined);
  return { startCursor: null, endCursor: null, ...(Object.fromEntries(said) as PageInfo), __typename: 'PageInfo' };
}
