import type { Scope } from '../port/event-log.js';
import type { Keys } from './keys.js';
import type { LogIdentity } from './log-identity.js';

/** A pub/sub channel. */
export interface Channel {
  readonly name: string;
  /** The partition whose events are published there. */
  readonly partition: number;
}

/**
 * The pub/sub channels of one log. Pub/sub ignores database numbers, and a log recreated under the same prefix is a different log: so the
 * log's epoch is part of each name, and messages of one log cannot reach another. A partition's channels share its hash tag: in a cluster
 * they are sharded channels, and messages stay with the nodes of the partition's slot.
 */
export class Channels {
  constructor(
    private readonly keys: Keys,
    private readonly identity: Pick<LogIdentity, 'epoch'>,
    readonly sharded: boolean,
  ) {}

  /** The command that publishes to them. */
  get publish(): 'PUBLISH' | 'SPUBLISH' {
    return this.sharded ? 'SPUBLISH' : 'PUBLISH';
  }

  /** The channel of one conversation's events. */
  ofConversation(scope: Exclude<Scope, 'all'>): Channel {
    const { partition, hash } = this.keys.locate(scope);
    return this.#named(partition, hash);
  }

  /** The channel of all events of a partition. */
  ofPartition(partition: number): Channel {
    return this.#named(partition, 'live');
  }

  /** All channels that a subscriber of a scope needs. */
  of(scope: Scope): Channel[] {
    if (scope !== 'all') return [this.ofConversation(scope)];
    return Array.from({ length: this.keys.partitions }, (_, partition) => this.ofPartition(partition));
  }

  /** The channels an event of a scope is published to: its conversation's (empty if it has none), and that of all conversations. */
  forEvent(scope: Scope): [conversation: string, all: string] {
    const { partition } = this.keys.locate(scope);
    return [scope === 'all' ? '' : this.ofConversation(scope).name, this.ofPartition(partition).name];
  }

  #named(partition: number, name: string): Channel {
    return { name: `${this.keys.base(partition)}${this.identity.epoch}:${name}`, partition };
  }
}
