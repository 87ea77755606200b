import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { ANA, BEN, playRandomly, readInbox, said, shown } from './inbox.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { START, agentJoined } from './sample-events.js';

/** Messages, and agents who join, in turns. */
const alternating = (number: number) => {
  const given = { occurredAt: START + number };
  return number % 4 < 2 ? said(`m${number}`, 'AGENT', given) : agentJoined(`j${number}`, given);
};

describeWith('redis-server', HOW_TO_GET_REDIS)('the inbox of two gateways over one Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.dispose());

  it('is on both what a model says after 10,000 random events, reads, duplicates and late events', async () => {
    const prefix = newPrefix();
    const logs = [(await openRedisAt(redis.url, { prefix })).log, (await openRedisAt(redis.url, { prefix })).log];
    const model = await playRandomly(logs, 10_000, 17);
    for (const log of logs)
      for (const reader of [ANA, BEN]) expect((await readInbox(log, reader, {}, 7)).map(shown)).toEqual(model.inbox(reader));
    for (const log of logs) await log.close();
  });

  it('has every event of one conversation that both append in parallel', async () => {
    const prefix = newPrefix();
    const logs = [(await openRedisAt(redis.url, { prefix })).log, (await openRedisAt(redis.url, { prefix })).log] as const;
    const events = Array.from({ length: 100 }, (_, number) => alternating(number));
    await Promise.all(events.map((event, number) => logs[number % 2 === 0 ? 0 : 1].append(event)));
    const [entry, ...others] = await readInbox(logs[0]);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ unread: 50, state: 'ACTIVE' });
    for (const log of logs) await log.close();
  });
});
