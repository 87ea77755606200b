import { createClient } from 'graphql-ws';
import type { Client, SubscribePayload } from 'graphql-ws';
import { noteOperation } from './bookmarks.js';
import { impatient } from './impatient.js';

export interface ConnectOptions {
  /** Of the gateway's WebSocket: `wss://…/graphql`. */
  readonly url: string;
  /** Asked for at each connection, so that one that comes after a token has expired has a fresh one. Null: none is needed. */
  readonly token?: () => string | null | Promise<string | null>;
  /** Where there is no global `WebSocket`: that of `ws`, for instance. */
  readonly webSocketImpl?: unknown;
  /** After so long without a word the gateway is asked whether it is there: 15 s by default. */
  readonly pingAfterMs?: number;
  /** It is taken to be gone when it has not answered within: 5 s by default. */
  readonly pongWithinMs?: number;
  /** A connection that is not open within it has failed: 10 s by default. The gateway then has as long to acknowledge it. */
  readonly openWithinMs?: number;
}

/**
 * A `graphql-ws` client as `follow` wants it: one socket for all that needs it, opened when something needs it, with a fresh token; and told dead when it is, which
 * a socket that went silent on a train does not do by itself. It does not come back by itself: whoever uses it must, since only they know after which cursor.
 */
export function connect(options: ConnectOptions): Client {
  const { url, token, webSocketImpl, pingAfterMs = 15_000, pongWithinMs = 5_000, openWithinMs = 10_000 } = options;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  let operations = 0;
  const generateID = (payload: SubscribePayload) => noteOperation(payload, String((operations += 1)));
  const client = createClient({
    url,
    generateID,
    webSocketImpl: impatient(openWithinMs, webSocketImpl),
    connectionParams: async () => {
      const given = (await token?.()) ?? null;
      return given === null ? {} : { authorization: `Bearer ${given}` };
    },
    retryAttempts: 0,
    lazyCloseTimeout: 1_000,
    connectionAckWaitTimeout: openWithinMs,
    keepAlive: pingAfterMs,
    on: {
      ping: (received) => {
        if (!received) overdue = setTimeout(() => client.terminate(), pongWithinMs);
      },
      pong: () => clearTimeout(overdue),
      closed: () => clearTimeout(overdue),
    },
  });
  return client;
}
