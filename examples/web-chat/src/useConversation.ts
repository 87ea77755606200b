import { useApolloClient, useQuery, useSubscription } from '@apollo/client/react';
import { applyEvent } from 'chat-graphql-gateway-client/apollo';
import { ConversationDocument, ConversationEventsDocument } from 'chat-graphql-gateway-client/documents';
import type { ConversationQuery } from 'chat-graphql-gateway-client/documents';
import { conversationVariables } from './apollo';

export type Conversation = NonNullable<ConversationQuery['conversation']>;
export type ChatMessage = NonNullable<Conversation['messages']>['nodes'][number];
export type ChatEvent = NonNullable<Conversation['events']>['nodes'][number];

/** A conversation, kept up to date: what the query reads lies in Apollo's cache, and each event changes it there. */
export function useConversation(id: string) {
  const { cache } = useApolloClient();
  const { data, fetchMore } = useQuery(ConversationDocument, { variables: conversationVariables(id) });
  const following = useSubscription(ConversationEventsDocument, {
    variables: { id },
    ignoreResults: true,
    onData: ({ data: { data: told } }) => {
      if (told) applyEvent(cache, id, told.conversationEvents);
    },
  });
  const conversation = data?.conversation ?? null;
  const page = conversation?.messages?.pageInfo;
  return {
    conversation,
    /** There is none of this id, or it is not the customer's. All else that goes wrong is tried again until it works. */
    isGone: data?.conversation === null || following.error !== undefined,
    /** Null: all messages are here. */
    loadEarlier: page?.hasPreviousPage ? () => fetchMore({ variables: { before: page.startCursor, withEvents: false } }) : null,
  };
}
