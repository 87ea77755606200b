import { Redis } from 'ioredis';
import { portToKeep } from './crash/gateway-process.js';
import { RedisServer } from './redis-server.js';
import { untilTrue } from './until.js';

const SLOTS = 16_384;
const MASTERS = 3;
const KEYS_AT_A_TIME = 3;

/** A Redis of a cluster. */
interface Node {
  readonly server: RedisServer;
  /** Where the other nodes reach it. */
  readonly busPort: number;
}

/** Three small Redis nodes that share the slots, without replicas at first. */
export class RedisCluster {
  readonly #replicas: Node[] = [];

  private constructor(
    private readonly masters: readonly Node[],
    private readonly settings: readonly string[],
  ) {}

  /** `settings`: of each node, as on its command line. A node counts as dead that has not answered the others for `timeoutMs`. */
  static async start(settings: readonly string[] = [], timeoutMs = 5_000): Promise<RedisCluster> {
    const all = ['--cluster-node-timeout', String(timeoutMs), '--repl-diskless-sync-delay', '0', ...settings];
    const masters = await Promise.all(Array.from({ length: MASTERS }, () => startNode(all)));
    for (const [index, { server }] of masters.entries()) {
      await asked(server, async (client) => {
        await client.cluster('SET-CONFIG-EPOCH', index + 1);
        const [first, next] = [index, index + 1].map((of) => Math.ceil((SLOTS / MASTERS) * of)) as [number, number];
        await client.call('CLUSTER', 'ADDSLOTSRANGE', first, next - 1);
      });
    }
    const cluster = new RedisCluster(masters, all);
    for (const other of masters.slice(1)) await cluster.#meet(other);
    await cluster.#untilWhole();
    return cluster;
  }

  /** The masters, as long as none has been killed. */
  get nodes(): readonly RedisServer[] {
    return this.masters.map(({ server }) => server);
  }

  get replicas(): readonly RedisServer[] {
    return this.#replicas.map(({ server }) => server);
  }

  get url(): string {
    return `redis://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** Gives a master a replica, which is in step with it when this resolves. */
  async addReplica(of = 0): Promise<RedisServer> {
    const master = this.masters[of];
    if (master === undefined) throw new Error('there is no such master');
    const node = await startNode(this.settings);
    this.#replicas.push(node);
    await this.#meet(node);
    const id = await asked(master.server, (client) => client.cluster('MYID'));
    await asked(node.server, async (client) => {
      await untilTrue(async () => ((await client.cluster('NODES')) as string).includes(`${id} 127.0.0.1`));
      await client.cluster('REPLICATE', id);
    });
    await untilTrue(() => hasReplica(master.server));
    await this.#untilWhole();
    return node.server;
  }

  /** Moves the slot of a key, with all that lies in it, to another master, as `redis-cli --cluster reshard` does: some keys at a time, so that for a while some lie here and some there. */
  async moveSlotOf(key: string, to: number): Promise<void> {
    const target = this.nodes[to];
    if (target === undefined) throw new Error('there is no such master');
    const [slot, targetId] = await asked(
      target,
      async (client) => [await client.cluster('KEYSLOT', key), await client.cluster('MYID')] as const,
    );
    const owners = await Promise.all(this.nodes.map((node) => asked(node, (client) => ownsSlot(client, slot))));
    const source = this.nodes[owners.indexOf(true)];
    if (source === undefined || source === target) return;
    const sourceId = await asked(source, (client) => client.cluster('MYID'));
    await asked(target, (client) => client.cluster('SETSLOT', slot, 'IMPORTING', sourceId));
    await asked(source, async (client) => {
      await client.cluster('SETSLOT', slot, 'MIGRATING', targetId);
      for (;;) {
        const keys = (await client.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_A_TIME)) as string[];
        if (keys.length === 0) break;
        await client.call('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...keys);
      }
    });
    for (const node of [target, source, ...this.nodes.filter((each) => each !== target && each !== source)]) {
      await asked(node, (client) => client.cluster('SETSLOT', slot, 'NODE', targetId));
    }
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.masters, ...this.#replicas].map(({ server }) => server.dispose()));
  }

  /** Makes a node known to the first, and so to all. */
  async #meet({ server, busPort }: Node): Promise<void> {
    const [first] = this.nodes;
    if (first !== undefined) await asked(first, (client) => client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, busPort));
  }

  /** Until each node knows of all. */
  async #untilWhole(): Promise<void> {
    const nodes = [...this.nodes, ...this.replicas];
    const isWhole = async (client: Redis) => {
      const info = await client.cluster('INFO');
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`);
    };
    for (const node of nodes) await asked(node, (client) => untilTrue(() => isWhole(client)));
  }
}

/** Runs commands on one node, over a connection for them alone. */
export async function asked<T>({ port }: RedisServer, command: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1');
  try {
    return await command(client);
  } finally {
    client.disconnect();
  }
}

/** Whether a slot is the node's own. */
async function ownsSlot(client: Redis, slot: number): Promise<boolean> {
  const ranges = (await client.call('CLUSTER', 'SLOTS')) as [number, number, [string, number, string]][];
  const own = await client.cluster('MYID');
  return ranges.some(([first, last, [, , id]]) => first <= slot && slot <= last && id === own);
}

/** Whether a replica gets what a node writes. */
export const hasReplica = (server: RedisServer): Promise<boolean> =>
  asked(server, async (client) => (await client.info('replication')).includes('state=online'));

/** Whether a node takes writes. */
export const isMaster = (server: RedisServer): Promise<boolean> =>
  asked(server, async (client) => (await client.info('replication')).includes('role:master'));

async function startNode(settings: readonly string[]): Promise<Node> {
  // Not the port that it takes by itself, which is among those that the system hands out.
  const busPort = await portToKeep();
  const server = await RedisServer.start('--cluster-enabled', 'yes', '--cluster-port', String(busPort), ...settings);
  return { server, busPort };
}
