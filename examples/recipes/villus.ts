import type { Client as Socket } from 'graphql-ws';
import { createClient, fetch as fetchPlugin, handleSubscriptions } from 'villus';
import type { Client, StandardOperationResult } from 'villus';
import { subscribeResuming } from './resuming.js';
import type { Way } from './staying.js';
import { ADDED, THREAD, thread } from './thread.js';
import type { Added, Message, Thread } from './thread.js';

/** Queries and mutations over HTTP, subscriptions over a WebSocket. `ask` is `watchfulFetch()`, `socket` is `lastingSocket()`. */
export function villusClient(url: string, ask: typeof fetch, socket: Socket): Client {
  const forward = handleSubscriptions(({ query, variables = {} }) => ({
    subscribe: ({ next, error, complete }) => ({
      unsubscribe: subscribeResuming(
        socket,
        { query, variables },
        { next: (result) => next(result as StandardOperationResult<unknown>), error, complete },
      ),
    }),
  }));
  return createClient({ url, cachePolicy: 'network-only', use: [forward, fetchPlugin({ fetch: ask })] });
}

/** A conversation's messages; for `stay`. */
export function villusThread(client: Client, id: string, show: (messages: Message[]) => void): Way {
  return thread(
    async () => {
      const { data, error } = await client.executeQuery<Thread['data']>({ query: THREAD, variables: { id } });
      if (error) throw error;
      return { data };
    },
    (after, sink) => {
      let end: (() => void) | undefined;
      let isOver = false;
      void client.executeSubscription<Added['data']>({ query: ADDED, variables: { id, after } }).then((results) => {
        const subscription = results.subscribe(sink);
        end = () => subscription.unsubscribe();
        if (isOver) end();
      }, sink.error);
      return () => {
        isOver = true;
        end?.();
      };
    },
    show,
  );
}
