import { Redis } from 'ioredis';
import { describeWith } from '../../support/needs.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import { describeEventLog } from './contract.js';
import { idsOf, take } from './harness.js';
import { newPrefix, openRedisAt, redisUnderTest } from './redis-log.js';
import { queued } from './sample-events.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('the event log in a Redis cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  }, 60_000);
  afterAll(() => cluster.dispose());

  describeEventLog(
    'of sixteen partitions',
    redisUnderTest(() => cluster.url, 16),
  );

  it('spreads conversations over all nodes, and delivers to subscribers at another gateway', async () => {
    const prefix = newPrefix();
    const [here, there] = [await openRedisAt(cluster.url, { prefix }), await openRedisAt(cluster.url, { prefix })];
    const ids = Array.from({ length: 48 }, (_, index) => `e${index}`);
    const live = await there.log.subscribe('all', {});
    for (const [index, id] of ids.entries()) await here.log.append(queued(id, { conversationId: `c${index}` }));
    expect(idsOf(await take(live, ids.length)).toSorted()).toEqual(ids.toSorted());
    for (const { port } of cluster.nodes) {
      const node = new Redis(port, '127.0.0.1');
      expect(await node.keys(`{${prefix}:*}:e:*`)).not.toEqual([]);
      node.disconnect();
    }
    await Promise.all([here.log.close(), there.log.close()]);
  });

  it('sends the password to every node that requires it', async () => {
    const setPassword = async (password: string, current?: string) => {
      for (const { port } of cluster.nodes) {
        const node = new Redis(port, '127.0.0.1', current === undefined ? {} : { password: current });
        await node.config('SET', 'requirepass', password);
        node.disconnect();
      }
    };
    await setPassword('sesame');
    try {
      const prefix = newPrefix();
      await expect(openRedisAt(cluster.url, { prefix })).rejects.toMatchObject({ reason: expect.stringMatching(/NOAUTH/) as string });
      const { log } = await openRedisAt(cluster.url.replace('//', '//:sesame@'), { prefix });
      const live = await log.subscribe('all', {});
      const ids = Array.from({ length: 24 }, (_, index) => `e${index}`);
      for (const [index, id] of ids.entries()) await log.append(queued(id, { conversationId: `c${index}` }));
      expect(idsOf(await take(live, ids.length)).toSorted()).toEqual(ids.toSorted());
      expect((await log.health()).ok).toBe(true);
      await log.close();
    } finally {
      await setPassword('', 'sesame');
    }
  });

  // The last: it changes the cluster.
  it('waits for the replicas of the node that an event lies on', async () => {
    await cluster.addReplica();
    const prefix = newPrefix();
    const openHere = async (options: object) => (await openRedisAt(cluster.url, { prefix, ...options })).log;
    const logs = [
      await openHere({}),
      await openHere({ replicas: 1, replicasWaitMs: 600_000 }),
      await openHere({ replicas: 1, replicasWaitMs: 1 }),
    ] as const;
    const [careless, patient, brief] = logs;
    expect((await brief.health()).warnings).toContainEqual(expect.stringContaining('LOG_REPLICAS is 1'));
    const events = Array.from({ length: 48 }, (_, index) => queued(`c${index}`, { conversationId: `c${index}` }));
    for (const event of events) await careless.append(event);
    const node = new Redis(cluster.nodes[0]?.port ?? 0, '127.0.0.1');
    const stored = (await Promise.all((await node.keys(`{${prefix}:*}:e:*`)).map((key) => node.xrange(key, '-', '+')))).flat();
    node.disconnect();
    const here = new Set(stored.flatMap(([, fields]) => /"id":"(c\d+)"/.exec(fields.join(' '))?.[1] ?? []));
    expect(here.size).toBeGreaterThan(0);
    const withReplica = events.filter(({ id }) => here.has(id));
    for (const { duplicate } of await Promise.all(withReplica.map((event) => patient.append(event)))) expect(duplicate).toBe(true);
    const without = events.filter(({ id }) => !here.has(id));
    for (const { status } of await Promise.allSettled(without.map((event) => brief.append(event)))) expect(status).toBe('rejected');
    for (const log of logs) await log.close();
  });
});
