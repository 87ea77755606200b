import { meros } from 'meros/browser';
import type { Way } from './staying.js';
import { ADDED, THREAD, thread } from './thread.js';
import type { Added, Message, Thread } from './thread.js';

const post = (query: string, variables: object, headers: object = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ query, variables }),
});

/** A conversation's messages with `fetch` alone; for `stay`. `ask` is `watchfulFetch()`. */
export function fetchedThread(url: string, ask: typeof fetch, id: string, show: (messages: Message[]) => void): Way {
  return thread(
    async () => (await (await ask(url, post(THREAD, { id }))).json()) as Thread,
    (after, { next, error, complete }) => {
      const ending = new AbortController();
      void (async () => {
        const accept = 'multipart/mixed;subscriptionSpec="1.0", application/json';
        const parts = await meros<{ payload?: Added; errors?: Added['errors'] }>(
          await ask(url, { ...post(ADDED, { id, after }, { accept }), signal: ending.signal }),
        );
        if (parts instanceof Response) return error(((await parts.json()) as Added).errors); // rejected before it started
        for await (const { json, body } of parts) {
          if (!json || body.errors) return error(body);
          if (body.payload) next(body.payload); // else a heartbeat
        }
        complete();
      })().catch(error);
      return () => ending.abort();
    },
    show,
  );
}
