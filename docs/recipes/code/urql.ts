import { createClient } from 'graphql-ws';
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from '@urql/core';
import type { ExecutionResult } from '@urql/core';

/** Queries and mutations over HTTP, subscriptions over a WebSocket. `stop` closes it. With React, import the same names from `urql`. */
export function urqlClient(httpUrl: string, wsUrl: string, webSocketImpl?: unknown) {
  const socket = createClient({ url: wsUrl, webSocketImpl, retryAttempts: Infinity, shouldRetry: () => true, keepAlive: 12_000 });
  const client = new Client({
    url: httpUrl,
    preferGetMethod: false, // a POST of JSON needs no header against forged requests
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: variables as Record<string, unknown> },
              {
                next: (result) => sink.next(result as ExecutionResult),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
    ],
  });
  return { client, stop: () => socket.dispose() };
}
