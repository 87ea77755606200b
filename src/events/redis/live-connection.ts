import type { Redis } from 'ioredis';
import { LogUnavailableError } from '../errors.js';

const RECONNECT_MS = [20, 50, 100, 200, 500, 1_000];
/** A connection on which nothing comes may be dead without anybody having been told. */
const PING_MS = 5_000;

export interface LiveConnectionOptions {
  /** A connection that is being made, and is not made again by itself. */
  readonly connect: () => Redis;
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
export class LiveConnection {
  readonly #channels = new Map<string, Channel>();
  #client: Redis | null = null;
  #isReady = false;
  #tries = 0;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;
  #pinger: NodeJS.Timeout | null = null;

  constructor(private readonly options: LiveConnectionOptions) {
    this.#connect();
  }

  /** Resolves once messages of the channel come in; rejects when the connection is closed before. */
  listen(name: string): Promise<void> {
    if (this.#closed) return Promise.reject(new LogUnavailableError('The event log is closed'));
    const known = this.#channels.get(name);
    if (known !== undefined) return known.listening;
    const channel = newChannel();
    this.#channels.set(name, channel);
    if (this.#isReady) this.#subscribe([name]).catch(() => undefined);
    return channel.listening;
  }

  leave(name: string): void {
    this.#channels.delete(name);
    if (this.#isReady) this.#client?.unsubscribe(name).catch(() => undefined);
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
    const client = this.options.connect();
    this.#client = client;
    client.on('message', (channel, message) => {
      if (this.#channels.has(channel)) this.options.onMessage(channel, message);
    });
    client.on('error', () => undefined);
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
    this.#subscribe([...this.#channels.keys()]).then(
      () => {
        this.#tries = 0;
        if (isBack) this.options.onBack();
      },
      () => {
        client.disconnect();
      },
    );
  }

  async #subscribe(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    await this.#client?.subscribe(...names);
    for (const name of names) this.#channels.get(name)?.opened();
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
    const delay = RECONNECT_MS[Math.min(this.#tries, RECONNECT_MS.length - 1)];
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
