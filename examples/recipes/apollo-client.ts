import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable, gql } from '@apollo/client';
import type { TypedDocumentNode } from '@apollo/client';
import { OperationTypeNode, print } from 'graphql';
import type { Client } from 'graphql-ws';
import { watchfulFetch } from './fetching.js';
import type { FetchOptions } from './fetching.js';
import { subscribeResuming } from './resuming.js';
import { lastingSocket } from './socket.js';
import type { SocketOptions } from './socket.js';
import type { Way } from './staying.js';
import { ADDED, THREAD, thread } from './thread.js';
import type { Added, Message, Thread } from './thread.js';

/** Queries and mutations over HTTP, subscriptions over a WebSocket. `stop` closes it. On Node 20 `socket` needs a `webSocketImpl`. */
export function overWebSocket(httpUrl: string, options: SocketOptions): { client: ApolloClient; stop: Client['dispose'] } {
  const socket = lastingSocket(options);
  // Like Apollo's GraphQLWsLink, which would resubscribe after the first cursor on each reconnect.
  const subscriptions = new ApolloLink(
    ({ query, variables }) => new Observable((sink) => subscribeResuming(socket, { query: print(query), variables }, sink)),
  );
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    subscriptions,
    new HttpLink({ uri: httpUrl, fetch: watchfulFetch(options) }),
  );
  return { client: new ApolloClient({ link, cache: new InMemoryCache() }), stop: () => socket.dispose() };
}

/** Everything over HTTP, for networks that block WebSockets: Apollo Client requests multipart by itself. */
export function overHttpAlone(httpUrl: string, options: FetchOptions = {}): ApolloClient {
  return new ApolloClient({ link: new HttpLink({ uri: httpUrl, fetch: watchfulFetch(options) }), cache: new InMemoryCache() });
}

const threadDocument: TypedDocumentNode<NonNullable<Thread['data']>, { id: string }> = gql(THREAD);
const addedDocument: TypedDocumentNode<NonNullable<Added['data']>, { id: string; after: string }> = gql(ADDED);

/** A conversation's messages over either; for `stay`, since Apollo Client itself does not reconnect over HTTP, nor query again on CURSOR_EXPIRED. */
export function apolloThread(client: ApolloClient, id: string, show: (messages: Message[]) => void): Way {
  return thread(
    () => client.query({ query: threadDocument, variables: { id }, fetchPolicy: 'network-only' }),
    (after, { next, error, complete }) => {
      const results = client.subscribe({ query: addedDocument, variables: { id, after } });
      const subscription = results.subscribe({
        next: (result) => (result.error ? error(result.error) : next({ data: result.data })),
        error,
        complete,
      });
      return () => subscription.unsubscribe();
    },
    show,
  );
}
