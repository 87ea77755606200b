import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** A connection to Redis, or to a cluster of it. */
export type Commands = Redis | Cluster;

export type Argument = string | number;

/**
 * A Lua script that runs within one partition, in one step. Its first key names the partition; the keys that it works with begin as that does, and so lie in the same slot.
 */
export class Script<Reply> {
  readonly #sha: string;

  constructor(private readonly source: string) {
    this.#sha = createHash('sha1').update(source).digest('hex');
  }

  async run(commands: Commands, base: string, ...args: readonly Argument[]): Promise<Reply> {
    const key = `${base}p`;
    try {
      return (await commands.evalsha(this.#sha, 1, key, ...args)) as Reply;
    } catch (error) {
      // A Redis that was started anew knows no scripts.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await commands.eval(this.source, 1, key, ...args)) as Reply;
    }
  }
}
