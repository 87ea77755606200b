import type { Client } from 'graphql-ws';
import { subscribeResuming } from './resuming.js';
import { Refused } from './staying.js';
import type { Way } from './staying.js';
import { ADDED, THREAD, thread } from './thread.js';
import type { Added, Message, Thread } from './thread.js';

/** A query or mutation over the socket; rejects with the response's errors. */
export function ask<T extends Record<string, unknown>>(socket: Client, query: string, variables: Record<string, unknown> = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const lost = new Error('The connection was closed before the answer came.');
    socket.subscribe<T>(
      { query, variables },
      {
        next: ({ data, errors }) => (data && !errors ? resolve(data) : reject(new Refused(errors))),
        error: reject,
        complete: () => reject(lost),
      },
    );
  });
}

/** A conversation's messages over one socket, the query included; for `stay`. `socket` is `lastingSocket()`. */
export function socketThread(socket: Client, id: string, show: (messages: Message[]) => void): Way {
  return thread(
    async (): Promise<Thread> => ({ data: await ask<NonNullable<Thread['data']>>(socket, THREAD, { id }) }),
    (after, sink) =>
      subscribeResuming(socket, { query: ADDED, variables: { id, after } }, { ...sink, next: (result) => sink.next(result as Added) }),
    show,
  );
}
