import { buildGraphQLWSExecutor } from '@graphql-tools/executor-graphql-ws';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { parse } from 'graphql';
import type { Client } from 'graphql-ws';
import type { Way } from './staying.js';
import { ADDED, THREAD, thread } from './thread.js';
import type { Added, Message, Thread } from './thread.js';

/**
 * A conversation's messages with the executors of GraphQL Tools; for `stay`. `ask` is `watchfulFetch()`. Subscriptions go through `socket`, a `lastingSocket()`; without one
 * over event streams.
 */
export function executedThread(
  url: string,
  ask: typeof fetch,
  socket: Client | null,
  id: string,
  show: (messages: Message[]) => void,
): Way {
  const overHttp = buildHTTPExecutor({ endpoint: url, fetch: ask });
  const subscribing = socket === null ? overHttp : buildGraphQLWSExecutor(socket);
  return thread(
    async () => (await overHttp({ document: parse(THREAD), variables: { id } })) as Thread,
    (after, { next, error, complete }) => {
      let results: AsyncIterableIterator<Added> | undefined;
      void (async () => {
        results = (await subscribing({ document: parse(ADDED), variables: { id, after } })) as AsyncIterableIterator<Added>;
        for await (const result of results) next(result);
        complete();
      })().catch(error);
      return () => void results?.return?.();
    },
    show,
  );
}
