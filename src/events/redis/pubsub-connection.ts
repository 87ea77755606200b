import type { Redis } from 'ioredis';
import { LogUnavailableError } from '../port/errors.js';

const RECONNECT_MS = [20, 50, 100, 200, 500, 1_000];
/** Where it is known which node to ask, which that may have just become. */
const TO_OWNER_MS = 100;
/** A connection on which nothing comes may be dead without anybody having noticed. */
const PING_MS = 5_000;

/** A node of a cluster. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

export interface PubSubConnectionOptions {
  /** A connection that is being made, and is not made again by itself. `to`: the node that it has to be; null: any. */
  readonly connect: (to: NodeAddress | null) => Redis;
  /** Whether the channels are sharded ones, which one node of a cluster has. */
  readonly sharded: boolean;
  readonly onMessage: (channel: string, message: string) => void;
  /** After it was lost, the connection is there again with all its channels: what was published meanwhile has been missed. */
  readonly onBack: () => void;
}

interface Channel {
  /** Settled once messages come in. */
  readonly listening: Promise<void>;
  opened(): void;
  refused(error: Error): void;
}

/** The connection by which live messages come. It is made anew for as long as it takes, each time with all its channels. */
export class PubSubConnection {
  readonly #channels = new Map<string, Channel>();
  #client: Redis | null = null;
  #isReady = false;
  #tries = 0;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;
  #pinger: NodeJS.Timeout | null = null;
  /** The node that has the channels, as another one told. */
  #owner: NodeAddress | null = null;

  constructor(private readonly options: PubSubConnectionOptions) {
    this.#connect();
  }

  /** Resolves once messages of the channel come in; rejects when the connection is closed before. */
  listen(name: string): Promise<void> {
    if (this.#closed) return Promise.reject(new LogUnavailableError('The event log is closed'));
    const known = this.#channels.get(name);
    if (known !== undefined) return known.listening;
    const channel = newChannel();
    this.#channels.set(name, channel);
    const client = this.#client;
    if (this.#isReady && client !== null) {
      this.#subscribe(client, [name]).catch((error: unknown) => {
        this.#refused(client, error);
      });
    }
    return channel.listening;
  }

  leave(name: string): void {
    this.#channels.delete(name);
    if (!this.#isReady) return;
    const left = this.options.sharded ? this.#client?.sunsubscribe(name) : this.#client?.unsubscribe(name);
    left?.catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#pinger !== null) clearInterval(this.#pinger);
    this.#client?.disconnect();
    for (const channel of this.#channels.values()) channel.refused(new LogUnavailableError('The event log is closed'));
    this.#channels.clear();
  }

  #connect(): void {
    const client = this.options.connect(this.#owner);
    // If it cannot be reached, another node may know who has the channels now.
    this.#owner = null;
    this.#client = client;
    client.on(this.options.sharded ? 'smessage' : 'message', (channel: string, message: string) => {
      if (this.#channels.has(channel)) this.options.onMessage(channel, message);
    });
    client.on('error', () => undefined);
    // The slot of the channels has been moved to another node.
    client.on('moved', () => {
      client.disconnect();
    });
    client.once('ready', () => {
      this.#ready(client);
    });
    client.once('end', () => {
      this.#lost();
    });
  }

  #ready(client: Redis): void {
    this.#isReady = true;
    this.#pinger = setInterval(() => {
      this.#ping(client);
    }, PING_MS).unref();
    const isBack = this.#tries > 0;
    this.#subscribe(client, [...this.#channels.keys()]).then(
      () => {
        this.#tries = 0;
        if (isBack) this.options.onBack();
      },
      (error: unknown) => {
        this.#refused(client, error);
      },
    );
  }

  async #subscribe(client: Redis, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await (this.options.sharded ? client.ssubscribe(...names) : client.subscribe(...names));
    for (const name of names) this.#channels.get(name)?.opened();
  }

  /** It is made anew: in a cluster, to the node that has the channels. */
  #refused(client: Redis, error: unknown): void {
    const [, host = '', port] = (error instanceof Error ? /^MOVED \d+ (\S*):(\d+)$/.exec(error.message) : null) ?? [];
    // Without a name, it is another port of the same host.
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

  #lost(): void {
    this.#isReady = false;
    if (this.#pinger !== null) clearInterval(this.#pinger);
    if (this.#closed) return;
    const delay = Math.min(
      RECONNECT_MS[Math.min(this.#tries, RECONNECT_MS.length - 1)] ?? 0,
      this.#owner === null ? Infinity : TO_OWNER_MS,
    );
    this.#tries += 1;
    this.#timer = setTimeout(() => {
      this.#connect();
    }, delay);
  }
}

function newChannel(): Channel {
  let settle: Pick<Channel, 'opened' | 'refused'> | null = null;
  const listening = new Promise<void>((resolve, reject) => {
    settle = { opened: resolve, refused: reject };
  });
  // Whoever waits for it is told; nobody else need be.
  listening.catch(() => undefined);
  return { listening, opened: () => settle?.opened(), refused: (error) => settle?.refused(error) };
}
