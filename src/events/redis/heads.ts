import { Cluster } from 'ioredis';
import type { Head, Scope } from '../port/event-log.js';
import type { Keys } from './keys.js';
import { ORIGIN } from './positions.js';
import type { Cursors, Position, Vector } from './positions.js';
import type { Commands } from './script.js';
import { findHeadScript, readPartitionsScript, versionOf } from './scripts/reading.js';
import type { PartitionReply } from './scripts/reading.js';

/** All partitions at about one moment. */
export interface PartitionHeads {
  readonly vector: Vector;
  /** Of each partition, as `versionOf` has it. */
  readonly versions: readonly string[];
}

/** Reads the heads of the log and its conversations. */
export class Heads {
  #inFlight: Promise<PartitionHeads> | null = null;

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly cursors: Cursors,
  ) {}

  async head(): Promise<Head> {
    const { vector } = await this.ofAll();
    return {
      cursor: async (scope) => {
        if (scope === 'all') return this.cursors.encode(scope, vector);
        const bound = vector[this.keys.locate(scope).partition] ?? ORIGIN;
        return this.cursors.encode(scope, [await this.#ofConversation(scope, bound)]);
      },
    };
  }

  /** Current head of a scope: what is appended on the same connection after the call lies after it. */
  async of(scope: Scope): Promise<Vector> {
    if (scope === 'all') return (await this.ofAll()).vector;
    const located = this.keys.conversation(scope);
    return [await findHeadScript.runWhole(this.commands, located, located.hash, '')];
  }

  /** Heads of all partitions. Calls share one read until the event loop can have received anything newer. */
  ofAll(): Promise<PartitionHeads> {
    if (this.#inFlight === null) {
      this.#inFlight = this.#readAll();
      const forget = () => {
        this.#inFlight = null;
      };
      // After the microtasks that wait now, and those that they start.
      queueMicrotask(() => {
        process.nextTick(forget);
      });
    }
    return this.#inFlight;
  }

  #ofConversation(scope: Scope, bound: Position): Promise<Position> {
    const located = this.keys.conversation(scope);
    return findHeadScript.run(this.commands, located, located.hash, bound);
  }

  async #readAll(): Promise<PartitionHeads> {
    const replies = await this.#readPartitions(this.keys.all().map(({ base }) => `${base}p`));
    return {
      vector: replies.map(([last]) => last ?? ORIGIN),
      versions: replies.map(versionOf),
    };
  }

  /** In one command, where all keys are on one node: by its source, so that it needs no second round trip, whatever that Redis knows. */
  async #readPartitions(keys: readonly string[]): Promise<readonly PartitionReply[]> {
    const { commands } = this;
    if (!(commands instanceof Cluster)) return readPartitionsScript.runWhole(commands, keys);
    return Promise.all(
      keys.map(async (key): Promise<PartitionReply> => {
        const [last = null, changed = null] = await commands.hmget(key, 'last', 'changed');
        return [last, changed];
      }),
    );
  }
}
