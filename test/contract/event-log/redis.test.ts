import { Redis } from 'ioredis';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { describeEventLog } from './contract.js';
import { newPrefix, openRedisAt, redisUnderTest } from './redis-log.js';
import { messageAdded } from './sample-events.js';

describeWith('redis-server', HOW_TO_GET_REDIS)('the event log in Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.dispose());

  describeEventLog(
    'of one partition',
    redisUnderTest(() => redis.url, 1),
  );
  describeEventLog(
    'of sixteen partitions',
    redisUnderTest(() => redis.url, 16),
  );

  it('looks at no more for a message that was said often before', async () => {
    const { log } = await openRedisAt(redis.url, { prefix: newPrefix() });
    const client = new Redis(redis.port, '127.0.0.1');
    const lookUps = async () => Number(/cmdstat_hget:calls=(\d+)/.exec(await client.info('commandstats'))?.[1]);
    /** Of one message. */
    const cost = async (id: string) => {
      const before = await lookUps();
      await log.append(messageAdded(id, 'Yes'));
      return (await lookUps()) - before;
    };
    await log.append(messageAdded('first', 'Yes'));
    const early = await cost('early');
    expect(early).toBeGreaterThan(0);
    for (let n = 0; n < 50; n += 1) await log.append(messageAdded(`again ${n}`, 'Yes'));
    expect(await cost('late')).toBe(early);
    client.disconnect();
    await log.close();
  });
});
