import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';

/** Queries and mutations over HTTP, subscriptions over a WebSocket. `stop` closes it. */
export function overWebSocket(httpUrl: string, wsUrl: string, webSocketImpl?: unknown): { client: ApolloClient; stop: Client['dispose'] } {
  const socket = createClient({ url: wsUrl, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true, keepAlive: 12_000 });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: httpUrl }),
  );
  return { client: new ApolloClient({ link, cache: new InMemoryCache() }), stop: () => socket.dispose() };
}

/** Everything over HTTP, where WebSockets are blocked: Apollo Client asks for multipart by itself. */
export function overHttpAlone(httpUrl: string): ApolloClient {
  return new ApolloClient({ link: new HttpLink({ uri: httpUrl }), cache: new InMemoryCache() });
}
