import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';

export interface SocketOptions {
  readonly url: string;
  /** Called for each connection, so that a reconnect after an expired token has a fresh one. */
  readonly token?: () => string | Promise<string>;
  /** On Node 20, which has no global WebSocket, pass the one of the package `ws`. */
  readonly webSocketImpl?: unknown;
  readonly firstWaitMs?: number;
  readonly maxWaitMs?: number;
  readonly pingAfterMs?: number;
  /** Time limit for opening, acknowledging, and answering a ping. */
  readonly answerWithinMs?: number;
}

/** A graphql-ws client that reconnects indefinitely, and detects a dead connection. */
export function lastingSocket(options: SocketOptions): Client {
  const { url, token, webSocketImpl, firstWaitMs = 1_000, maxWaitMs = 30_000, pingAfterMs = 15_000, answerWithinMs = 5_000 } = options;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    webSocketImpl: openingWithin(answerWithinMs, webSocketImpl),
    connectionParams: async () => (token ? { authorization: `Bearer ${await token()}` } : {}),
    retryAttempts: Infinity,
    // Without it graphql-ws stops retrying if a connection is refused by TCP, or answered 401, 429 or 503 at the upgrade.
    shouldRetry: () => true,
    // Its own delay doubles without a limit. Half of this one is random, so that clients do not all reconnect in the same moment.
    retryWait: (retries) => pause(Math.min(maxWaitMs, firstWaitMs * 2 ** retries) * (0.5 + Math.random() / 2)),
    connectionAckWaitTimeout: answerWithinMs,
    // It sends pings, but does not wait for pongs.
    keepAlive: pingAfterMs,
    on: {
      ping: (received) => {
        if (!received) overdue = setTimeout(() => client.terminate(), answerWithinMs);
      },
      pong: () => clearTimeout(overdue),
      closed: () => clearTimeout(overdue),
    },
  });
  return client;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

type Socket = Pick<WebSocket, 'close' | 'addEventListener'>;

/** A WebSocket class whose sockets fail if they do not open in time; nothing else limits that. */
function openingWithin(ms: number, implementation: unknown = globalThis.WebSocket): unknown {
  if (typeof implementation !== 'function') return implementation; // graphql-ws throws a helpful error
  return class extends (implementation as new (url: string, protocols?: string | string[]) => Socket) {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      const timer = setTimeout(() => this.close(), ms);
      this.addEventListener('open', () => clearTimeout(timer));
      this.addEventListener('close', () => clearTimeout(timer));
    }
  };
}
