import { useApolloClient, useQuery, useSubscription } from '@apollo/client/react';
import { applyEvent } from 'chat-graphql-gateway-client/apollo';
import { ConversationDocument, ConversationEventsDocument } from 'chat-graphql-gateway-client/documents';
import type { ConversationQuery } from 'chat-graphql-gateway-client/documents';
import { conversationVariables } from './apollo';

export type Conversation = NonNullable<ConversationQuery['conversation']>;
export type ChatMessage = NonNullable<Conversation['messages']>['nodes'][number];
export type ChatEvent = NonNullable<Conversation['events']>['nodes'][number];

/** A conversation, kept up to date: the query reads Apollo's cache, and each event updates it there. */
export function useConversation(id: string) {
  const { cache } = useApolloClient();
  const { data, fetchMore } = useQuery(ConversationDocument, { variables: conversationVariables(id) });
  const following = useSubscription(ConversationEventsDocument, {
    variables: { id },
    ignoreResults: true,
    onData: ({ data: { data: delivered } }) => {
      if (delivered) applyEvent(cache, id, delivered.conversationEvents);
    },
  });
  const conversation = data?.conversation ?? null;
  const page = conversation?.messages?.pageInfo;
  return {
    conversation,
    /** It does not exist, or is not the customer's. All other errors are retried until it works. */
    isGone: data?.conversation === null || following.error !== undefined,
    /** Null if all messages are loaded. */
    loadEarlier: page?.hasPreviousPage ? () => fetchMore({ variables: { before: page.startCursor, withEvents: false } }) : null,
  };
}
