import type { Redis } from 'ioredis';
import type { Channel } from './channels.js';
import { PubSubConnection } from './pubsub-connection.js';
import type { NodeAddress } from './pubsub-connection.js';

export interface PubSubConnectionsOptions {
  readonly connect: (to: NodeAddress | null) => Redis;
  readonly sharded: boolean;
  readonly onMessage: (channel: string, message: string) => void;
  /** Messages of a partition, or of any if null, may have been missed. */
  readonly onReconnect: (partition: number | null) => void;
}

/**
 * The connections that receive live messages: one to a single Redis; in a cluster one per partition with subscribers, to the node that
 * owns it.
 */
export class PubSubConnections {
  readonly #connections = new Map<number | null, PubSubConnection>();
  #closed = false;

  constructor(private readonly options: PubSubConnectionsOptions) {
    if (!options.sharded) this.#connectionFor(null);
  }

  /** Resolves once messages of the channel arrive; rejects if the connections are closed before. */
  subscribe({ name, partition }: Channel): Promise<void> {
    return this.#connectionFor(this.options.sharded ? partition : null).subscribe(name);
  }

  unsubscribe({ name, partition }: Channel): void {
    this.#connections.get(this.options.sharded ? partition : null)?.unsubscribe(name);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections.values()) connection.close();
  }

  #connectionFor(partition: number | null): PubSubConnection {
    const existing = this.#connections.get(partition);
    if (existing !== undefined) return existing;
    const { connect, sharded, onMessage, onReconnect } = this.options;
    const connection = new PubSubConnection({
      connect,
      sharded,
      onMessage,
      onReconnect: () => {
        onReconnect(partition);
      },
    });
    if (this.#closed) connection.close();
    this.#connections.set(partition, connection);
    return connection;
  }
}
