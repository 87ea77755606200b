import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

/** A connection to Redis, or to a cluster of it. */
export type Commands = Redis | Cluster;

export type Argument = string | number;

/** A Lua script. It is sent once; from then on its digest will do. */
export class Script<Reply> {
  readonly #sha: string;

  constructor(private readonly source: string) {
    this.#sha = createHash('sha1').update(source).digest('hex');
  }

  /** Runs it in a partition: its one key names that, and the keys that it works with begin alike, and so lie in the same slot. */
  run(commands: Commands, base: string, ...args: readonly Argument[]): Promise<Reply> {
    return this.runOn(commands, `${base}p`, ...args);
  }

  /** As `run`, sent whole: answered in one round trip also by a Redis that does not know it yet. */
  runWhole(commands: Commands, base: string, ...args: readonly Argument[]): Promise<Reply> {
    return commands.eval(this.source, 1, `${base}p`, ...args) as Promise<Reply>;
  }

  async runOn(commands: Commands, key: string, ...args: readonly Argument[]): Promise<Reply> {
    try {
      return (await commands.evalsha(this.#sha, 1, key, ...args)) as Reply;
    } catch (error) {
      // A Redis that was started anew knows no scripts.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await commands.eval(this.source, 1, key, ...args)) as Reply;
    }
  }
}
