import { createClient } from 'graphql-sse';
import type { Way } from './staying.js';
import { ADDED, THREAD, thread } from './thread.js';
import type { Added, Message, Thread } from './thread.js';

/** A conversation's messages over event streams; for `stay`. `ask` is `watchfulFetch()`. */
export function streamedThread(url: string, ask: typeof fetch, id: string, show: (messages: Message[]) => void): Way {
  // It reconnects by itself with the same variables, and a refusal is final for it: `stay` does that instead.
  const client = createClient({ url, fetchFn: ask, retryAttempts: 0 });
  return thread(
    async () => {
      for await (const result of client.iterate({ query: THREAD, variables: { id } })) return result as Thread;
      throw new Error('There was no result.');
    },
    (after, sink) =>
      client.subscribe({ query: ADDED, variables: { id, after } }, { ...sink, next: (result) => sink.next(result as Added) }),
    show,
  );
}
