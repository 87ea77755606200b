import { createClient } from 'graphql-ws';
import type { Client, SubscribePayload } from 'graphql-ws';
import { noteOperation } from './bookmarks.js';
import { impatient } from './impatient.js';

export interface ConnectOptions {
  /** URL of the gateway's WebSocket: `wss://…/graphql`. */
  readonly url: string;
  /** Called for each connection, so that a reconnect after an expired token has a fresh one. Null if none is needed. */
  readonly token?: () => string | null | Promise<string | null>;
  /** If there is no global `WebSocket`: for example that of the package `ws`. */
  readonly webSocketImpl?: unknown;
  /** Sends a ping after so long without a message; default 15 s. */
  readonly pingAfterMs?: number;
  /** The connection is considered dead if the pong takes longer; default 5 s. */
  readonly pongWithinMs?: number;
  /** Time limit for opening a connection, and again for its acknowledgement; default 10 s. */
  readonly openWithinMs?: number;
}

/**
 * A `graphql-ws` client for `follow`: one socket for all operations, opened on demand with a fresh token, and terminated when it is silently dead (a socket on a train that
 * lost its network does not notice by itself). It does not reconnect by itself: its user does, who knows the cursor to resume after.
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
