import type { Client } from 'graphql-ws';
import { subscribeResuming } from './resuming';
import type { Way } from './staying';
import { ADDED, THREAD, thread } from './thread';
import type { Added, Message, Thread } from './thread';

/** A conversation's messages over one socket, the query included; for `stay`. `socket` is `lastingSocket()`. */
export function socketThread(socket: Client, id: string, show: (messages: Message[]) => void): Way {
  const ask = () =>
    new Promise<Thread>((resolve, reject) => {
      const lost = new Error('The connection was closed before the answer came.');
      socket.subscribe<NonNullable<Thread['data']>>(
        { query: THREAD, variables: { id } },
        { next: resolve, error: reject, complete: () => reject(lost) },
      );
    });
  return thread(
    ask,
    (after, sink) => subscribeResuming(socket, { query: ADDED, variables: { id, after } }, { ...sink, next: (result) => sink.next(result as Added) }),
    show,
  );
}
