import type { ApolloCache } from '@apollo/client/cache';
import type { InboxChangedSubscription, InboxFilter } from '../generated/graphql.js';
import { agrees, filterKey, filterOf } from './inbox-filter.js';
import type { StoredInbox } from './inbox-policy.js';
import { edgeTypeOf, idOf } from './stored-connection.js';
import type { StoredEdge } from './stored-connection.js';

/** An entry as the subscription `InboxChanged` delivers it. */
type Entry = InboxChangedSubscription['inboxChanged'];

/**
 * Moves a conversation up in the inbox in the cache with an entry that Apollo Client has delivered: to the top, or below those delivered before that were active later. Removes
 * it if the entry is `removed`, or if its `state` or `unreadCount` does not match the filter any more. In a list that is not read up to its top it stays where it is. Needs this
 * package's `typePolicies`.
 *
 * An entry of a subscription without a filter is applied to the lists of all filters; in those of a channel or a customer it only moves a conversation that they have,
 * since it does not say whose it is.
 *
 * @param filter that of the subscription: the list of this filter is updated
 */
export function applyInboxChange(cache: ApolloCache, { conversation, cursor, removed }: Entry, filter?: InboxFilter | null): void {
  const subscribed = filterKey(filter);
  cache.modify({
    fields: {
      inbox: (value: unknown, { storeFieldName, toReference, readField }) => {
        const stored = value as StoredInbox;
        const conditions = filterOf(storeFieldName);
        const isOfFilter = filterKey(conditions) === subscribed;
        const node = toReference({ __typename: 'Conversation', id: conversation.id });
        if (!stored.edges || !node || (subscribed !== false && !isOfFilter)) return stored;
        const edge: StoredEdge = { ...edgeTypeOf(stored), cursor: '', node, isLive: true };
        const others = stored.edges.filter((known) => idOf(known) !== idOf(edge));
        const isKnown = others.length < stored.edges.length;
        const isDecidable = isOfFilter || (!conditions.channelId && !conditions.customerId);
        const isWanted = !removed && (isKnown || isDecidable) && agrees(conditions, (name) => conversation[name]);
        // Of a list that begins further down it is not known whether it has left: the change may be older than the page.
        if (isWanted && !reachesTop(stored)) return stored;
        const isLater = (known: StoredEdge) => timeOf(readField('lastActivityAt', known.node)) > timeOf(conversation.lastActivityAt);
        return { ...stored, edges: isWanted ? withChange(others, edge, isLater) : others, latestCursor: cursor };
      },
    },
  });
}

/** The gateway delivers a conversation that changes often later than others, with all that has happened meanwhile: its place is among what was delivered. */
function withChange(edges: readonly StoredEdge[], edge: StoredEdge, isLater: (known: StoredEdge) => boolean): readonly StoredEdge[] {
  const place = edges.findIndex((known) => known.isLive !== true || !isLater(known));
  return edges.toSpliced(place === -1 ? edges.length : place, 0, edge);
}

/** Epoch milliseconds; NaN, which is later than nothing, for what is not known. */
const timeOf = (time: unknown): number => (typeof time === 'string' ? Date.parse(time) : NaN);

/** Whether nothing is missing between a list and what happens now. */
const reachesTop = ({ edges, pageInfo }: StoredInbox): boolean => pageInfo?.hasPreviousPage === false || edges?.[0]?.isLive === true;
