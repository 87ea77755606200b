import type { Redis } from 'ioredis';
import { LogUnavailableError } from '../port/errors.js';

const RECONNECT_MS = [20, 50, 100, 200, 500, 1_000];
/** If the owning node is known: it may have become the owner only just now. */
const RECONNECT_TO_OWNER_MS = 100;
/** A silent connection may be dead without an error. */
const PING_MS = 5_000;

/** A node of a cluster. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

export interface PubSubConnectionOptions {
  /** Opens a connection without automatic reconnect. `to`: the required node; null for any. */
  readonly connect: (to: NodeAddress | null) => Redis;
  /** Whether the channels are sharded, so that one node of a cluster owns them. */
  readonly sharded: boolean;
  readonly onMessage: (channel: string, message: string) => void;
  /** Called after a reconnect with all channels: messages published meanwhile were missed. */
  readonly onReconnect: () => void;
}

interface Channel {
  /** Settles once messages arrive. */
  readonly subscribed: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** A connection that receives live messages. It reconnects until closed, each time with all its channels. */
export class PubSubConnection {
  readonly #channels = new Map<string, Channel>();
  #client: Redis | null = null;
  #isReady = false;
  #attempts = 0;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;
  #pinger: NodeJS.Timeout | null = null;
  /** The node that owns the channels, according to another node. */
  #owner: NodeAddress | null = null;

  constructor(private readonly options: PubSubConnectionOptions) {
    this.#connect();
  }

  /** Resolves once messages of the channel arrive; rejects if the connection is closed before. */
  subscribe(name: string): Promise<void> {
    if (this.#closed) return Promise.reject(new LogUnavailableError('The event log is closed'));
    const known = this.#channels.get(name);
    if (known !== undefined) return known.subscribed;
    const channel = newChannel();
    this.#channels.set(name, channel);
    const client = this.#client;
    if (this.#isReady && client !== null) {
      this.#subscribe(client, [name]).catch((error: unknown) => {
        this.#onSubscribeError(client, error);
      });
    }
    return channel.subscribed;
  }

  unsubscribe(name: string): void {
    this.#channels.delete(name);
    if (!this.#isReady) return;
    const unsubscribed = this.options.sharded ? this.#client?.sunsubscribe(name) : this.#client?.unsubscribe(name);
    unsubscribed?.catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#pinger !== null) clearInterval(this.#pinger);
    this.#client?.disconnect();
    for (const channel of this.#channels.values()) channel.reject(new LogUnavailableError('The event log is closed'));
    this.#channels.clear();
  }

  #connect(): void {
    const client = this.options.connect(this.#owner);
    // If it cannot be reached, another node may know the current owner.
    this.#owner = null;
    this.#client = client;
    client.on(this.options.sharded ? 'smessage' : 'message', (channel: string, message: string) => {
      if (this.#channels.has(channel)) this.options.onMessage(channel, message);
    });
    client.on('error', () => undefined);
    // The channels' slot has moved to another node.
    client.on('moved', () => {
      client.disconnect();
    });
    client.once('ready', () => {
      this.#onReady(client);
    });
    client.once('end', () => {
      this.#onEnd();
    });
  }

  #onReady(client: Redis): void {
    this.#isReady = true;
    this.#pinger = setInterval(() => {
      this.#ping(client);
    }, PING_MS).unref();
    const isReconnect = this.#attempts > 0;
    this.#subscribe(client, [...this.#channels.keys()]).then(
      () => {
        this.#attempts = 0;
        if (isReconnect) this.options.onReconnect();
      },
      (error: unknown) => {
        this.#onSubscribeError(client, error);
      },
    );
  }

  async #subscribe(client: Redis, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await (this.options.sharded ? client.ssubscribe(...names) : client.subscribe(...names));
    for (const name of names) this.#channels.get(name)?.resolve();
  }

  /** Reconnects; in a cluster, to the node that owns the channels. */
  #onSubscribeError(client: Redis, error: unknown): void {
    const [, host = '', port] = (error instanceof Error ? /^MOVED \d+ (\S*):(\d+)$/.exec(error.message) : null) ?? [];
    // Without a host, it is another port of the same host.
    if (port !== undefined) this.#owner = { host: host === '' ? (client.options.host ?? '127.0.0.1') : host, port: Number(port) };
    client.disconnect();
  }

  #ping(client: Redis): void {
    const deadline = setTimeout(() => {
      client.disconnect();
    }, PING_MS);
    client.ping().then(
      () => {
        clearTimeout(deadline);
      },
      () => {
        clearTimeout(deadline);
      },
    );
  }

  #onEnd(): void {
    this.#isReady = false;
    if (this.#pinger !== null) clearInterval(this.#pinger);
    if (this.#closed) return;
    const delay = Math.min(
      RECONNECT_MS[Math.min(this.#attempts, RECONNECT_MS.length - 1)] ?? 0,
      this.#owner === null ? Infinity : RECONNECT_TO_OWNER_MS,
    );
    this.#attempts += 1;
    this.#timer = setTimeout(() => {
      this.#connect();
    }, delay);
  }
}

function newChannel(): Channel {
  let settle: Pick<Channel, 'resolve' | 'reject'> | null = null;
  const subscribed = new Promise<void>((resolve, reject) => {
    settle = { resolve: resolve, reject: reject };
  });
  // Callers that wait handle the rejection; nobody may be waiting.
  subscribed.catch(() => undefined);
  return { subscribed, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) };
}
