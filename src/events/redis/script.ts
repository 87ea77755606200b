import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import { keyOf } from './keys.js';
import type { KeyKind, Located } from './keys.js';

/** A connection to Redis, or to a Redis cluster. */
export type Commands = Redis | Cluster;

export type Argument = string | number;

/**
 * A Lua script, sent once and then run by its digest. Every key that it reads or writes must be in its KEYS: a cluster that moves a slot
 * relies on them.
 */
export class Script<Reply> {
  readonly #sha: string;

  constructor(private readonly source: string) {
    this.#sha = createHash('sha1').update(source).digest('hex');
  }

  /** Sends the source: one round trip, even if Redis does not know the script yet. */
  runWhole(commands: Commands, keys: readonly string[], ...args: readonly Argument[]): Promise<Reply> {
    return commands.eval(this.source, keys.length, ...keys, ...args) as Promise<Reply>;
  }

  async run(commands: Commands, keys: readonly string[], ...args: readonly Argument[]): Promise<Reply> {
    try {
      return (await commands.evalsha(this.#sha, keys.length, ...keys, ...args)) as Reply;
    } catch (error) {
      // A restarted Redis knows no scripts.
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return this.runWhole(commands, keys, ...args);
    }
  }
}

/** Common code of a kind of script. */
interface ScriptKind {
  /** Lua: its flags, and the functions available to the body. */
  readonly head: string;
  readonly tail: string;
}

/** A script over keys of one partition and one conversation in it. Its body finds the keys in the table `key`, by kind. */
export class PartitionScript<Reply> {
  readonly #script: Script<Reply>;

  constructor(
    { head, tail }: ScriptKind,
    private readonly kinds: readonly KeyKind[],
    body: string,
  ) {
    const table = kinds.map((kind, index) => `${kind} = KEYS[${index + 1}]`).join(', ');
    this.#script = new Script(`${head}\nlocal key = { ${table} }\n${tail}${body}`);
  }

  run(commands: Commands, located: Located, ...args: readonly Argument[]): Promise<Reply> {
    return this.#script.run(commands, this.#keys(located), ...args);
  }

  runWhole(commands: Commands, located: Located, ...args: readonly Argument[]): Promise<Reply> {
    return this.#script.runWhole(commands, this.#keys(located), ...args);
  }

  #keys(located: Located): string[] {
    return this.kinds.map((kind) => keyOf(kind, located));
  }
}
