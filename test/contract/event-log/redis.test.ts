import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { describeEventLog } from './contract.js';
import { redisUnderTest } from './redis-log.js';

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
});
