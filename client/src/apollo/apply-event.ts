import type { ApolloCache, Reference } from '@apollo/client/cache';
import type { ConversationEventsSubscription } from '../generated/graphql.js';

/** An event as the subscription `ConversationEvents` tells it. */
type Event = ConversationEventsSubscription['conversationEvents'];

/**
 * Brings a conversation's lists in the cache up to date with an event that Apollo Client has delivered: a message goes to the end of `messages`, the event to the end
 * of `events`, and `typing` becomes what it is now. An event that is known already changes nothing. State and interactions come with the event itself.
 *
 * @param conversationId the `id` of the conversation, as a query gave it
 */
export function applyEvent(cache: ApolloCache, conversationId: string, event: Event): void {
  const conversation = cache.identify({ __typename: 'Conversation', id: conversationId });
  if (conversation === undefined) return;
  if (event.__typename === 'TypingChanged') {
    setTyping(cache, conversation, event.typing);
    return;
  }
  append(cache, conversation, 'events', { __typename: event.__typename, id: event.id });
  if (event.__typename === 'MessageAdded') append(cache, conversation, 'messages', { __typename: 'Message', id: event.message.id });
}

/** What the cache tells things apart by. */
interface Identity {
  readonly __typename: string;
  readonly id: string;
}

function setTyping(cache: ApolloCache, conversation: string, participants: readonly { readonly id: string }[]): void {
  cache.modify({
    id: conversation,
    fields: { typing: (_known, { toReference }) => participants.map(({ id }) => toReference({ __typename: 'Participant', id })) },
  });
}

/** At the end of a connection that is there, unless it is in it. */
function append(cache: ApolloCache, conversation: string, field: 'events' | 'messages', node: Identity): void {
  cache.modify({
    id: conversation,
    fields: {
      [field]: (connection: unknown, { readField, toReference }) => {
        const { nodes, ...rest } = connection as { readonly nodes: readonly Reference[] };
        return nodes.some((known) => readField('id', known) === node.id)
          ? connection
          : { ...rest, nodes: [...nodes, toReference({ ...node })] };
      },
    },
  });
}
