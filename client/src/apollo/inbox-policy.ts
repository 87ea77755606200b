import type { FieldPolicy } from '@apollo/client/cache';
import type { InboxFilter } from '../generated/graphql.js';
import { agrees, filterKey } from './inbox-filter.js';
import { inboxPageInfo, isFromTop, placeInboxPage } from './place-inbox-page.js';
import { entriesOf } from './stored-connection.js';
import type { Args, Page, StoredConnection } from './stored-connection.js';

/** An inbox in the cache. */
export interface StoredInbox extends StoredConnection {
  /** Up to where its entries are known: what has changed since is after it. */
  readonly latestCursor?: string;
}

type InboxPage = Page & Pick<StoredInbox, 'latestCursor'>;

/**
 * The field policy of `Query.inbox`: one contiguous list for each filter, extended in both directions by pages and at its top by `applyInboxChange`, each conversation once.
 * A page that leaves a gap replaces the list. Entries whose cached `state` or `unreadCount` no longer matches the filter are not shown.
 */
export function inboxPolicy(): FieldPolicy<StoredInbox, InboxPage> {
  return {
    keyArgs: (args) => filterKey(args?.['filter'] as InboxFilter | null | undefined),
    merge: (existing, incoming, { args }) => mergePage(existing ?? null, incoming, args),
    read: (existing, { args, canRead, readField }) => {
      if (!existing?.edges) return existing;
      const filter = (args?.['filter'] ?? {}) as InboxFilter;
      const edges = existing.edges.filter(({ node }) => canRead(node) && agrees(filter, (name) => readField(name, node)));
      return { ...existing, edges, nodes: edges.map(({ node }) => node) };
    },
  };
}

function mergePage(existing: StoredInbox | null, incoming: InboxPage, args: Args): StoredInbox {
  const { edges: _edges, nodes: _nodes, pageInfo, latestCursor, ...others } = incoming;
  const merged = { ...existing, ...others };
  // Without `pageInfo`: its cursors need not be those of the first and the last entry.
  const entries = entriesOf({ ...incoming, pageInfo: {} });
  const placed = entries && placeInboxPage(existing, entries, args, pageInfo);
  if (placed === null)
    return existing?.edges ? merged : { ...merged, ...(pageInfo && { pageInfo }), ...(latestCursor !== undefined && { latestCursor }) };
  const { above, page, below } = placed;
  // Nothing below a page from the top has changed before it was read; of other pages the earliest counts.
  const isNew = existing?.latestCursor === undefined || isFromTop(args) || above.length + below.length === 0;
  return {
    ...merged,
    ...(isNew && latestCursor !== undefined && { latestCursor }),
    edges: [...above, ...page, ...below],
    pageInfo: inboxPageInfo(existing?.pageInfo, placed, args, pageInfo),
  };
}
