import type { Client } from 'graphql-ws';
import { MultipartResults } from './multipart-results.js';
import type { HttpResults, Operation } from './multipart-results.js';

/** What subscribes, over any transport. */
export type Subscriber = Pick<Client, 'iterate' | 'dispose'>;

/** As `graphql-ws`, over HTTP, multipart by default: the errors of a subscription that failed are thrown as they are, and `ConnectionEnded` where the gateway ends the connection. */
export function multipartSubscriber(
  graphqlUrl: string,
  token?: string,
  Results: new (url: string, operation: Operation, token?: string) => HttpResults<never> = MultipartResults<never>,
): Subscriber {
  const open = new Set<HttpResults<never>>();
  // Not a generator: one that waits for its next result could not be stopped.
  const iterate = ({ query, variables }: Parameters<Client['iterate']>[0]) => {
    const results = new Results(graphqlUrl, { query, variables: variables ?? {} }, token);
    open.add(results);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        const next = await results.next();
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- as graphql-ws does
        if (next.done !== true && !('data' in next.value)) throw next.value.errors;
        return next;
      },
      async return() {
        open.delete(results);
        await results.return();
        return { done: true, value: undefined };
      },
    };
  };
  return {
    iterate: iterate as unknown as Client['iterate'],
    dispose: async () => {
      for (const results of open) await results.return();
    },
  };
}
