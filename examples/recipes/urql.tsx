import { useCallback, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { Client, Provider, fetchExchange, gql, subscriptionExchange, useQuery, useSubscription } from 'urql';
import type { CombinedError } from 'urql';
import { watchfulFetch } from './fetching.js';
import { subscribeResuming } from './resuming.js';
import { lastingSocket } from './socket.js';
import type { SocketOptions } from './socket.js';
import { codesOf, isFinal } from './staying.js';

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
export function urqlClient(httpUrl: string, options: SocketOptions): Client {
  const socket = lastingSocket(options);
  return new Client({
    url: httpUrl,
    fetch: watchfulFetch(options),
    preferGetMethod: false, // a POST of JSON needs no header against CSRF
    // No cacheExchange: it refetches every query that contains a type delivered by a subscription, here the whole thread for each message.
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: subscribeResuming(socket, { query, variables: { ...variables } }, sink) }),
        }),
      }),
    ],
  });
}

/** Restarts after an error that may pass: immediately if the cursor has expired, else after a moment. */
function useAgain(error: CombinedError | undefined, begin: () => void): void {
  useEffect(() => {
    if (!error || isFinal(error)) return;
    const timer = setTimeout(begin, codesOf(error).includes('CURSOR_EXPIRED') ? 0 : 1_000 + Math.random() * 1_000);
    return () => clearTimeout(timer);
  }, [error, begin]);
}

export function Thread({ id }: { readonly id: string }) {
  const [{ data, error }, execute] = useQuery({ query: THREAD, variables: { id } });
  const begin = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  useAgain(error, begin);
  if (error && isFinal(error)) return <p role="alert">{error.message}</p>;
  const conversation = data?.conversation;
  if (!conversation) return <p>{data ? 'There is no such conversation.' : '…'}</p>;
  // urql keeps the reducer's result when the variables change: messages of another conversation, or of an earlier start, must be dropped.
  return <Messages key={`${conversation.id} ${conversation.latestCursor}`} of={conversation} begin={begin} />;
}

interface MessagesProps {
  readonly of: Conversation;
  readonly begin: () => void;
}

function Messages({ of: { id, latestCursor, messages }, begin }: MessagesProps) {
  const [{ data: added = [], error }] = useSubscription(
    { query: ADDED, variables: { id, after: latestCursor } },
    (before: readonly Message[] = [], { messageAdded }) => [...before, messageAdded.message],
  );
  useAgain(error, begin);
  const byId = new Map([...messages.nodes, ...added].map((message) => [message.id, message]));
  return (
    <ul>
      {[...byId.values()].map((message) => (
        <li key={message.id}>{message.text}</li>
      ))}
    </ul>
  );
}

/** Returns a function that shows another conversation instead. */
export function showThread(element: Element, httpUrl: string, options: SocketOptions, id: string): (id: string) => void {
  const client = urqlClient(httpUrl, options);
  const root = createRoot(element);
  const show = (shown: string) =>
    root.render(
      <Provider value={client}>
        <Thread id={shown} />
      </Provider>,
    );
  show(id);
  return show;
}
