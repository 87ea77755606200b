import type { Scope } from '../port/event-log.js';
import type { Keys } from './keys.js';
import type { Identity } from './log-identity.js';

/** A pub/sub channel. */
export interface Channel {
  readonly name: string;
  /** Whose events are published there. */
  readonly partition: number;
}

/**
 * The pub/sub channels of one log. Pub/sub knows no databases, and a log that is made anew under the same prefix is another one: so the log's epoch is part of each name, and what one log
 * publishes cannot reach another. A partition's channels share its hash tag: in a cluster they are sharded channels, and what is published stays with the nodes of the partition's slot.
 */
export class Channels {
  constructor(
    private readonly keys: Keys,
    private readonly identity: Pick<Identity, 'epoch'>,
    readonly sharded: boolean,
  ) {}

  /** The command that publishes to them. */
  get publish(): 'PUBLISH' | 'SPUBLISH' {
    return this.sharded ? 'SPUBLISH' : 'PUBLISH';
  }

  /** Where the events of one conversation are published. */
  ofConversation(scope: Exclude<Scope, 'all'>): Channel {
    const { partition, hash } = this.keys.locate(scope);
    return this.#named(partition, hash);
  }

  /** Where all events of a partition are published. */
  ofPartition(partition: number): Channel {
    return this.#named(partition, 'live');
  }

  /** All that one who follows a scope has to listen to. */
  of(scope: Scope): Channel[] {
    if (scope !== 'all') return [this.ofConversation(scope)];
    return Array.from({ length: this.keys.partitions }, (_, partition) => this.ofPartition(partition));
  }

  /** Where an event of a scope is published: to its conversation's followers, or to nobody (empty), and to those of all conversations. */
  forEvent(scope: Scope): [conversation: string, all: string] {
    const { partition } = this.keys.locate(scope);
    return [scope === 'all' ? '' : this.ofConversation(scope).name, this.ofPartition(partition).name];
  }

  #named(partition: number, name: string): Channel {
    return { name: `${this.keys.base(partition)}${this.identity.epoch}:${name}`, partition };
  }
}
