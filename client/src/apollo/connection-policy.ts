import type { FieldFunctionOptions, FieldPolicy } from '@apollo/client/cache';
import { mergePageInfo } from './page-info.js';
import type { PlacedPage } from './page-info.js';
import { entriesOf, idOf, listed } from './stored-connection.js';
import type { Args, Page, StoredConnection, StoredEdge } from './stored-connection.js';

/**
 * The field policy of a connection: one contiguous list for each combination of `filters`, extended in both directions by pages and at its end by events, each entry
 * once. A page that neither overlaps nor adjoins the list replaces it, since entries may be missing between the two.
 *
 * It stores edges, with the cursors that `pageInfo` implies, as Apollo's `relayStylePagination` does. That policy itself does not fit: it does not know `nodes`, repeats
 * entries that events have added, joins pages across a gap, and makes up a `pageInfo` where no answer had one.
 *
 * @param filters arguments that select a list of its own; null and absent are the same
 */
export function connectionPolicy(filters: readonly string[] = []): FieldPolicy<StoredConnection | null, Page | null> {
  return {
    keyArgs: (args) => keyOf(filters, args),
    merge: (existing = null, incoming, { args }) => mergePage(existing, incoming, args),
    read: readable,
  };
}

/** The filters in use, as JSON; false where there are none. */
function keyOf(filters: readonly string[], args: Args): string | false {
  const used = filters.map((name) => [name, (args?.[name] ?? null) as unknown] as const).filter(([, value]) => value !== null);
  return used.length > 0 && JSON.stringify(Object.fromEntries(used));
}

/** What a query can select: `edges` and `nodes` of the entries that are still in the cache. */
function readable(existing: StoredConnection | null | undefined, { canRead }: Pick<FieldFunctionOptions, 'canRead'>) {
  if (!existing?.edges) return existing;
  const edges = existing.edges.filter(({ node }) => canRead(node));
  return { ...existing, edges, nodes: edges.map(({ node }) => node) };
}

function mergePage(existing: StoredConnection | null, incoming: Page | null, args: Args): StoredConnection | null {
  // Null if it could not be read this time: known entries stay.
  if (incoming === null) return existing;
  const { edges: _edges, nodes: _nodes, pageInfo, ...others } = incoming;
  const merged = { ...existing, ...others };
  const entries = entriesOf(incoming);
  const placed = entries && splice(existing?.edges ?? [], entries, args);
  if (placed !== null) {
    const edges = [...placed.before, ...placed.page, ...placed.after];
    return { ...merged, edges, pageInfo: mergePageInfo(existing, { ...placed, pageInfo, args }) };
  }
  // Which entries this `pageInfo` is about is not known, so it counts only while there are none.
  return existing?.edges || !pageInfo ? merged : { ...merged, pageInfo: { ...existing?.pageInfo, ...pageInfo } };
}

/** Where a page belongs: what stands before it, and after it. Null if an empty page that is next to something else. */
function splice(known: readonly StoredEdge[], entries: readonly StoredEdge[], args: Args): Omit<PlacedPage, 'pageInfo' | 'args'> | null {
  const ids = new Set(entries.map(idOf));
  const others = (edges: readonly StoredEdge[]) => edges.filter((edge) => !ids.has(idOf(edge)));
  const start = placeOf(known, ids, args);
  if (start !== null) return { before: others(known.slice(0, start)), page: joined(known, entries), after: others(known.slice(start)) };
  if (entries.length > 0 || known.length === 0) return { before: [], page: entries, after: [] };
  if (args?.['after'] || args?.['before']) return null;
  // Read before events added the first entries.
  return { before: [], page: entries, after: listed(known).length === 0 ? known : [] };
}

/** The index at which a page begins: at the first entry that it shares, after that of its `after`, or at that of its `before`; null where there may be a gap. */
function placeOf(known: readonly StoredEdge[], ids: ReadonlySet<unknown>, args: Args): number | null {
  const shared = known.findIndex((edge) => ids.has(idOf(edge)));
  if (shared !== -1) return shared;
  const indexOf = (cursor: unknown) => (typeof cursor === 'string' ? known.findIndex((edge) => edge.cursor === cursor) : -1);
  const [after, before] = [indexOf(args?.['after']), indexOf(args?.['before'])];
  if (after !== -1) return after + 1;
  return before === -1 ? null : before;
}

/** The entries of a page; each keeps the cursor that an earlier page had for it. */
function joined(known: readonly StoredEdge[], entries: readonly StoredEdge[]): readonly StoredEdge[] {
  const stored = new Map(known.map((edge) => [idOf(edge), edge]));
  return entries.map((entry) => {
    const { isLive: _isLive, ...earlier } = stored.get(idOf(entry)) ?? entry;
    return { ...earlier, ...entry };
  });
}
