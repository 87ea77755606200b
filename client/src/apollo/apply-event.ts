import type { ApolloCache } from '@apollo/client/cache';
import type { ConversationEventsSubscription } from '../generated/graphql.js';
import { edgeTypeOf, idOf } from './stored-connection.js';
import type { StoredConnection, StoredEdge } from './stored-connection.js';

/** An event as the subscription `ConversationEvents` delivers it. */
type Event = ConversationEventsSubscription['conversationEvents'];

/**
 * Updates a conversation's lists in the cache with an event that Apollo Client has delivered: a message goes to the end of `messages`, the event to the end of
 * `events`, and `typing` is replaced. An event that is already in the cache changes nothing. Lists that it does not belong to stay unchanged: of another interaction, of
 * other types, or not read to their end. State and interactions are part of the event itself. Needs this package's `typePolicies`.
 *
 * An edge that an event adds has the cursor `""` until a page lists it: to page on, use `pageInfo`.
 *
 * @param conversationId the `id` of the conversation, as a query returned it
 */
export function applyEvent(cache: ApolloCache, conversationId: string, event: Event): void {
  const conversation = cache.identify({ __typename: 'Conversation', id: conversationId });
  if (conversation === undefined) return;
  if (event.__typename === 'TypingChanged') {
    setTyping(cache, conversation, event.typing);
    return;
  }
  append(cache, conversation, { field: 'events', node: event, accepts: ({ types }) => isAbsent(types) || includes(types, event.type) });
  // Events do not say to which interaction a message belongs.
  if (event.__typename !== 'MessageAdded') return;
  append(cache, conversation, {
    field: 'messages',
    node: { __typename: 'Message', id: event.message.id },
    accepts: ({ interactionId }) => isAbsent(interactionId),
  });
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const includes = (list: unknown, value: unknown): boolean => Array.isArray(list) && list.includes(value);

function setTyping(cache: ApolloCache, conversation: string, participants: readonly { readonly id: string }[]): void {
  cache.modify({
    id: conversation,
    fields: { typing: (_known, { toReference }) => participants.map(({ id }) => toReference({ __typename: 'Participant', id })) },
  });
}

interface Addition {
  readonly field: 'events' | 'messages';
  readonly node: { readonly __typename: string; readonly id: string };
  /** Whether it belongs to the list with these filters. */
  readonly accepts: (filters: Readonly<Record<string, unknown>>) => boolean;
}

/** Adds a node to the end of each list that it belongs to and that does not have it. */
function append(cache: ApolloCache, conversation: string, { field, node: { __typename, id }, accepts }: Addition): void {
  cache.modify({
    id: conversation,
    fields: {
      [field]: (value: unknown, { storeFieldName, toReference }) => {
        const stored = value as StoredConnection | null;
        const node = toReference({ __typename, id });
        if (!stored?.edges || !node || !reachesEnd(stored) || !accepts(filtersIn(storeFieldName))) return stored;
        const edge: StoredEdge = { ...edgeTypeOf(stored), cursor: '', node, isLive: true };
        return stored.edges.some((known) => idOf(known) === idOf(edge)) ? stored : { ...stored, edges: [...stored.edges, edge] };
      },
    },
  });
}

/** Whether nothing is missing between a list and what happens now. */
const reachesEnd = ({ edges, pageInfo }: StoredConnection): boolean => pageInfo?.hasNextPage === false || edges?.at(-1)?.isLive === true;

/** As `connectionPolicy` has put them into the name. */
function filtersIn(storeFieldName: string): Readonly<Record<string, unknown>> {
  const start = storeFieldName.indexOf(':');
  return start === -1 ? {} : (JSON.parse(storeFieldName.slice(start + 1)) as Record<string, unknown>);
}
