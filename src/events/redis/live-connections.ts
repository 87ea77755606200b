import type { Redis } from 'ioredis';
import type { Channel } from './channels.js';
import { PubSubConnection } from './pubsub-connection.js';
import type { NodeAddress } from './pubsub-connection.js';

export interface PubSubConnectionsOptions {
  readonly connect: (to: NodeAddress | null) => Redis;
  readonly sharded: boolean;
  readonly onMessage: (channel: string, message: string) => void;
  /** Messages of a partition, or, where it is null, of any, may have been missed. */
  readonly onBack: (partition: number | null) => void;
}

/** The connections by which live messages come: one to a Redis; in a cluster one for each partition that somebody listens to, to the node that has it. */
export class PubSubConnections {
  readonly #open = new Map<number | null, PubSubConnection>();
  #closed = false;

  constructor(private readonly options: PubSubConnectionsOptions) {
    if (!options.sharded) this.#for(null);
  }

  /** Resolves once messages of the channel come in; rejects when the connections are closed before. */
  listen({ name, partition }: Channel): Promise<void> {
    return this.#for(this.options.sharded ? partition : null).listen(name);
  }

  leave({ name, partition }: Channel): void {
    this.#open.get(this.options.sharded ? partition : null)?.leave(name);
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#open.values()) connection.close();
  }

  #for(partition: number | null): PubSubConnection {
    const known = this.#open.get(partition);
    if (known !== undefined) return known;
    const { connect, sharded, onMessage, onBack } = this.options;
    const made = new PubSubConnection({
      ...{ connect, sharded, onMessage },
      onBack: () => {
        onBack(partition);
      },
    });
    if (this.#closed) made.close();
    this.#open.set(partition, made);
    return made;
  }
}
