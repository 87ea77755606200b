import { Redis } from 'ioredis';
import { portToKeep } from './crash/gateway-process.js';
import { RedisServer } from './redis-server.js';
import { untilTrue } from './until.js';

const SLOTS = 16_384;
const NODES = 3;

/** Three small Redis nodes that share the slots, without replicas at first. */
export class RedisCluster {
  readonly #replicas: RedisServer[] = [];

  private constructor(
    readonly nodes: readonly RedisServer[],
    private readonly busPorts: readonly number[],
  ) {}

  static async start(): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const busPorts: number[] = [];
    for (let index = 0; index < NODES; index += 1) {
      const { node, busPort } = await startNode();
      busPorts.push(busPort);
      nodes.push(node);
    }
    const clients = nodes.map(({ port }) => new Redis(port, '127.0.0.1'));
    await Promise.all(
      clients.map(async (client, index) => {
        await client.cluster('SET-CONFIG-EPOCH', index + 1);
        await client.call('CLUSTER', 'ADDSLOTSRANGE', Math.ceil((SLOTS / NODES) * index), Math.ceil((SLOTS / NODES) * (index + 1)) - 1);
      }),
    );
    for (const [index, { port }] of nodes.entries()) await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', port, busPorts[index] ?? 0);
    const isWhole = async (client: Redis) => {
      const info = await client.cluster('INFO');
      return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`);
    };
    await untilTrue(async () => (await Promise.all(clients.map(isWhole))).every(Boolean));
    for (const client of clients) client.disconnect();
    return new RedisCluster(nodes, busPorts);
  }

  get url(): string {
    return `redis://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** Gives the first node a replica. */
  async addReplica(): Promise<void> {
    const { node } = await startNode('--repl-diskless-sync-delay', '0');
    this.#replicas.push(node);
    const [first, replica] = [new Redis(this.nodes[0]?.port ?? 0, '127.0.0.1'), new Redis(node.port, '127.0.0.1')];
    const id = await first.cluster('MYID');
    await replica.call('CLUSTER', 'MEET', '127.0.0.1', this.nodes[0]?.port ?? 0, this.busPorts[0] ?? 0);
    await untilTrue(async () => ((await replica.cluster('NODES')) as string).includes(`${id} 127.0.0.1`));
    await replica.cluster('REPLICATE', id);
    await untilTrue(async () => (await first.info('replication')).includes('state=online'));
    first.disconnect();
    replica.disconnect();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.nodes, ...this.#replicas].map((node) => node.dispose()));
  }
}

async function startNode(...settings: readonly string[]): Promise<{ node: RedisServer; busPort: number }> {
  // Not the port that it takes by itself, which is among those that the system hands out.
  const busPort = await portToKeep();
  const own = ['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '5000'];
  return { node: await RedisServer.start(...own, ...settings), busPort };
}
