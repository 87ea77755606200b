import { asked } from './redis-cluster.js';
import { RedisServer } from './redis-server.js';
import { untilTrue } from './until.js';

/** A primary and a replica of it, both of which sync each write to disk. */
export class RedisPair {
  private constructor(
    readonly primary: RedisServer,
    readonly replica: RedisServer,
  ) {}

  /** In step with each other. `settings`: of the primary besides, as on its command line. */
  static async start(program: string, ...settings: readonly string[]): Promise<RedisPair> {
    const durable = ['--appendfsync', 'always', '--repl-diskless-sync-delay', '0'];
    const pair = new RedisPair(
      await RedisServer.startProgram(program, ...durable, ...settings),
      await RedisServer.startProgram(program, ...durable),
    );
    await pair.follow();
    return pair;
  }

  /** Has the replica get all that the primary has and writes; resolves once it has the first. */
  async follow(): Promise<void> {
    await asked(this.replica, (client) => client.replicaof('127.0.0.1', this.primary.port));
    await untilTrue(async () => (await this.online()) === 1);
  }

  /** Makes a primary of the replica, which gets nothing from then on. */
  async promote(): Promise<void> {
    await asked(this.replica, (client) => client.replicaof('NO', 'ONE'));
  }

  /** How many replicas get what is written. */
  online(): Promise<number> {
    return asked(this.primary, async (client) => (await client.info('replication')).match(/state=online/g)?.length ?? 0);
  }

  /** The commands that the primary has been asked to wait by. */
  async waitedBy(): Promise<string[]> {
    const info = await asked(this.primary, (client) => client.info('commandstats'));
    return [...info.matchAll(/cmdstat_(wait\w*):/g)].map(([, command = '']) => command.toUpperCase()).toSorted();
  }

  async dispose(): Promise<void> {
    this.replica.resume();
    await this.primary.dispose();
    await this.replica.dispose();
  }
}
