import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { apolloSource, possibleTypes, ResumableLink, typePolicies } from '../../../../client/src/apollo/index.js';
import { ConversationStore } from '../../../../client/src/conversation/conversation-store.js';
import { connect, exponentialBackoff, requestOverHttp, socketSource } from '../../../../client/src/index.js';
import type { ConversationSource } from '../../../../client/src/index.js';
import type { Access, Following } from './clients.js';
import { TIMING } from './timing.js';

type Open = (access: Access, id: string) => Promise<Following>;

const backoff = exponentialBackoff({ firstMs: TIMING.firstWaitMs, maxMs: TIMING.maxWaitMs });

/** What React's `useConversation` shows, which is this store. */
const storeOver =
  (sourceOf: (client: Client, access: Access) => ConversationSource): Open =>
  (access, id) => {
    const { pingAfterMs, answerWithinMs } = TIMING;
    const client = connect({
      url: access.wsUrl,
      token: access.token,
      webSocketImpl: WebSocket,
      pingAfterMs,
      pongWithinMs: answerWithinMs,
      openWithinMs: answerWithinMs,
    });
    const store = new ConversationStore(id, sourceOf(client, access), { as: 'BOT' });
    const leave = store.subscribe(() => undefined);
    return Promise.resolve({
      texts: () => store.view().messages.map(({ text }) => text),
      stop: async () => {
        leave();
        await client.dispose();
      },
    });
  };

function overApollo(client: Client, { graphqlUrl, token }: Access): ConversationSource {
  const limited: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${await token()}`);
    return fetch(input, { ...init, headers, signal: AbortSignal.timeout(TIMING.silentMs) });
  };
  const latestCursor = () => Promise.reject(new Error('The source brings its own.'));
  const apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new ResumableLink({ client, latestCursor, backoff }),
      new HttpLink({ uri: graphqlUrl, fetch: limited }),
    ),
  });
  return apolloSource({ apollo, client });
}

/** The client package's own, for React and any other framework. */
export const PACKAGE_CLIENTS: readonly (readonly [string, Open])[] = [
  [
    "the package's conversation store over a socket and HTTP",
    storeOver((client, { graphqlUrl, token }) =>
      socketSource({ client, backoff, request: requestOverHttp({ url: graphqlUrl, token, answerWithinMs: TIMING.silentMs }) }),
    ),
  ],
  ["the package's conversation store over Apollo Client", storeOver(overApollo)],
];
