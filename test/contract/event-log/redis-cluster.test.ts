import { Redis } from 'ioredis';
import { describeWith } from '../../support/needs.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import { describeAppending } from './appending.js';
import { idsOf, take } from './harness.js';
import { describeHeads } from './heads.js';
import { describeNaming } from './naming.js';
import { describeReading } from './reading.js';
import { newPrefix, openRedisAt, redisUnderTest } from './redis-log.js';
import { describeRememberingRequests } from './remembering-requests.js';
import { queued } from './sample-events.js';
import { describeSubscribing } from './subscribing.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('the event log in a Redis cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  }, 60_000);
  afterAll(() => cluster.dispose());
  const open = redisUnderTest(() => cluster.url, 16);

  describe('appending', () => {
    describeAppending(open);
  });
  describe('reading', () => {
    describeReading(open);
  });
  describe('the head', () => {
    describeHeads(open);
  });
  describe('subscribing', () => {
    describeSubscribing(open);
  });
  describe('naming', () => {
    describeNaming(open);
  });
  describe('remembering requests', () => {
    describeRememberingRequests(open);
  });

  it('spreads conversations over all nodes, and tells subscribers at another gateway', async () => {
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
});
