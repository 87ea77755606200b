import { Redis } from 'ioredis';
import { portToKeep } from './crash/gateway-process.js';
import { RedisServer } from './redis-server.js';
import { untilTrue } from './until.js';

const SLOTS = 16_384;
const NODES = 3;

/** Three small Redis nodes that share the slots, without replicas. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisServer[]) {}

  static async start(): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const busPorts: number[] = [];
    for (let index = 0; index < NODES; index += 1) {
      // Not the port that it takes by itself, which is among those that the system hands out.
      const busPort = await portToKeep();
      busPorts.push(busPort);
      nodes.push(await RedisServer.start('--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-node-timeout', '5000'));
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
    return new RedisCluster(nodes);
  }

  get url(): string {
    return `redis://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async dispose(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.dispose()));
  }
}
