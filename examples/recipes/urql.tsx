import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';
import { Client, Provider, cacheExchange, fetchExchange, gql, subscriptionExchange, useQuery, useSubscription } from 'urql';
import { subscribeResuming } from './resuming';

interface Message {
  readonly id: string;
  readonly text: string | null;
}
interface Conversation {
  readonly id: string;
  readonly latestCursor: string;
  readonly messages: { readonly nodes: readonly Message[] };
}

const THREAD = gql<{ conversation: Conversation | null }, { id: string }>`
  query Thread($id: ID!) {
    conversation(id: $id) {
      id
      latestCursor
      messages(last: 20) {
        nodes {
          id
          text
        }
      }
    }
  }
`;
const ADDED = gql<{ messageAdded: { message: Message } }, { id: string; after: string }>`
  subscription Added($id: ID!, $after: String) {
    messageAdded(conversationId: $id, after: $after) {
      message {
        id
        text
      }
    }
  }
`;

/** Queries and mutations over HTTP, subscriptions over a WebSocket. */
export function urqlClient(httpUrl: string, wsUrl: string): Client {
  const socket = createClient({ url: wsUrl, retryAttempts: Infinity, shouldRetry: () => true, keepAlive: 12_000 });
  return new Client({
    url: httpUrl,
    preferGetMethod: false, // a POST of JSON needs no header against forged requests
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: subscribeResuming(socket, { query, variables: { ...variables } }, sink) }),
        }),
      }),
    ],
  });
}

export function Thread({ id }: { readonly id: string }) {
  const [{ data, error }] = useQuery({ query: THREAD, variables: { id } });
  if (error) return <p role="alert">{error.message}</p>;
  return data?.conversation ? <Messages of={data.conversation} /> : <p>…</p>;
}

function Messages({ of: { id, latestCursor, messages } }: { readonly of: Conversation }) {
  const [{ data: added = [] }] = useSubscription(
    { query: ADDED, variables: { id, after: latestCursor } },
    (before: readonly Message[] = [], { messageAdded }) => [...before, messageAdded.message],
  );
  const byId = new Map([...messages.nodes, ...added].map((message) => [message.id, message]));
  return (
    <ul>
      {[...byId.values()].map((message) => (
        <li key={message.id}>{message.text}</li>
      ))}
    </ul>
  );
}

export function showThread(element: Element, httpUrl: string, wsUrl: string, id: string): void {
  createRoot(element).render(
    <Provider value={urqlClient(httpUrl, wsUrl)}>
      <Thread id={id} />
    </Provider>,
  );
}
