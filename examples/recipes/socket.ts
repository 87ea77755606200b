import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';

export interface SocketOptions {
  readonly url: string;
  /** Asked for at each connection: one that comes after a token has expired has a fresh one. */
  readonly token?: () => string | Promise<string>;
  /** On Node 20, which has no global WebSocket: that of the package `ws`. */
  readonly webSocketImpl?: unknown;
  readonly firstWaitMs?: number;
  readonly maxWaitMs?: number;
  readonly pingAfterMs?: number;
  /** For a connection to open, to be acknowledged, and to answer a ping. */
  readonly answerWithinMs?: number;
}

/** A graphql-ws client that comes back for ever, and notices when its connection is dead. */
export function lastingSocket(options: SocketOptions): Client {
  const { url, token, webSocketImpl, firstWaitMs = 1_000, maxWaitMs = 30_000, pingAfterMs = 15_000, answerWithinMs = 5_000 } = options;
  let overdue: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url,
    webSocketImpl: openingWithin(answerWithinMs, webSocketImpl),
    connectionParams: async () => (token ? { authorization: `Bearer ${await token()}` } : {}),
    retryAttempts: Infinity,
    // Without it graphql-ws gives up when a connection is refused by TCP, or answered 401, 429 or 503 at the upgrade.
    shouldRetry: () => true,
    // Its own wait doubles without a limit. Half of this one is random, lest all clients come back in the same moment.
    retryWait: (retries) => pause(Math.min(maxWaitMs, firstWaitMs * 2 ** retries) * (0.5 + Math.random() / 2)),
    connectionAckWaitTimeout: answerWithinMs,
    // It sends the pings, and waits for no pong.
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

/** A WebSocket class whose sockets fail when they do not open in time; nothing else limits that. */
function openingWithin(ms: number, implementation: unknown = globalThis.WebSocket): unknown {
  if (typeof implementation !== 'function') return implementation; // graphql-ws says what is missing
  return class extends (implementation as new (url: string, protocols?: string | string[]) => Socket) {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      const timer = setTimeout(() => this.close(), ms);
      this.addEventListener('open', () => clearTimeout(timer));
      this.addEventListener('close', () => clearTimeout(timer));
    }
  };
}
