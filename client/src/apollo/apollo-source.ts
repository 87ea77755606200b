import type { ApolloClient } from '@apollo/client';
import { getOperationAST, OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import { connectionOf, conversationVariables, existing } from '../conversation/source.js';
import type { ConversationSource, ConversationStep, FollowingOptions } from '../conversation/source.js';
import { drain } from '../drain.js';
import { ConversationDocument, ConversationEventsDocument } from '../generated/graphql.js';
import type { Request } from '../request.js';
import { applyEvent } from './apply-event.js';

export interface ApolloSourceOptions {
  /** Its subscriptions go over a `ResumableLink`; its cache has this package's `typePolicies`. */
  readonly apollo: ApolloClient;
  /** The client that the link was created with. */
  readonly client: Client;
}

/**
 * A source for users of Apollo Client: everything goes over its links, and its cache has the newest messages, events and state. Older pages are not cached, since a page
 * that is not next to the list in the cache would replace it for all who show it.
 */
export function apolloSource({ apollo, client }: ApolloSourceOptions): ConversationSource {
  const globalIds = new Map<string, string>();
  return {
    request: requestBy(apollo, 'no-cache'),
    follow: (id, options) => followBy(apollo, id, { ...options, globalIds }),
    onConnection: (changed) => connectionOf(client, changed),
  };
}

const requestBy =
  (apollo: ApolloClient, fetchPolicy: 'no-cache' | 'network-only'): Request =>
  async (document, variables) => {
    const isMutation = getOperationAST(document)?.operation === OperationTypeNode.MUTATION;
    const { data } = isMutation
      ? await apollo.mutate({ mutation: document, variables })
      : await apollo.query({ query: document, variables, fetchPolicy });
    if (data === undefined || data === null) throw new Error('The response has no data.');
    return data;
  };

interface CachingOptions extends FollowingOptions {
  /** The ids by which the cache knows conversations, by those that they were asked for with. */
  readonly globalIds: Map<string, string>;
}

/** The link follows: it queries first and whenever the cursor has expired, which is when a snapshot is due here. */
function followBy(
  apollo: ApolloClient,
  id: string,
  { after, signal, onRetry, globalIds }: CachingOptions,
): AsyncGenerator<ConversationStep, void> {
  const query = requestBy(apollo, 'network-only');
  return drain<ConversationStep>((sink) => {
    const latestCursor = async (): Promise<string> => {
      const snapshot = existing(await query(ConversationDocument, conversationVariables(id)));
      const cursor = snapshot.conversation?.latestCursor ?? '';
      globalIds.set(id, snapshot.conversation?.id ?? id);
      sink.next({ kind: 'snapshot', snapshot, cursor });
      return cursor;
    };
    // Apollo Client reports the link's final error as a last result.
    let failure: unknown;
    const subscription = apollo
      .subscribe({ query: ConversationEventsDocument, variables: { id, after }, errorPolicy: 'all', context: { latestCursor, onRetry } })
      .subscribe({
        next: ({ data, error }) => {
          failure = error;
          if (!data) return;
          const { conversationEvents: event } = data;
          applyEvent(apollo.cache, globalIds.get(id) ?? id, event);
          sink.next({ kind: 'event', data, errors: undefined, cursor: event.cursor });
        },
        error: sink.error,
        complete: () => (failure === undefined ? sink.complete() : sink.error(failure)),
      });
    return () => subscription.unsubscribe();
  }, signal);
}
