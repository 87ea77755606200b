import type { Redis } from 'ioredis';
import { CursorExpiredError } from '../../../src/domain/errors.js';
import { keyOf, Keys } from '../../../src/events/redis/keys.js';
import { PageReader } from '../../../src/events/redis/page-reader.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import { disposing, idsOf, take } from './harness.js';
import { newPrefix, openRedisAt, redisUnderTest, startedRedis } from './redis-log.js';
import { queued, START } from './sample-events.js';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const PARTITIONS = 2;

describeWith('redis-server', HOW_TO_GET_REDIS)('a log in Redis', () => {
  const redis = startedRedis();
  const open = disposing(redisUnderTest(() => redis.url, PARTITIONS));

  it('skips the events of a stream that was deleted, says so in its health, and expires the rest', async () => {
    const prefix = newPrefix();
    const { log } = await openRedisAt(redis.url, { prefix, partitions: PARTITIONS });
    const ids = Array.from({ length: 8 }, (_, n) => `e${n}`);
    for (const [n, id] of ids.entries()) await log.append(queued(id, { conversationId: `c${n}` }));
    await redis.admin.del(keyOf('e', new Keys(prefix, PARTITIONS).conversation({ conversationId: 'c3' })));
    const left = ids.filter((id) => id !== 'e3');
    expect(idsOf((await log.read('all', { limit: 100 })).events)).toEqual(left);
    expect(idsOf((await log.read('all', { limit: 3, fromEnd: true })).events)).toEqual(left.slice(-3));
    const resumed = await log.subscribe('all', { after: log.origin('all') });
    await log.append(queued('live', { conversationId: 'c3' }));
    expect(idsOf(await take(resumed, 8))).toEqual([...left, 'live']);
    const { ok, warnings } = await log.health();
    expect([ok, warnings]).toEqual([
      true,
      expect.arrayContaining([expect.stringMatching(/stored events were skipped: keys .* were deleted/)]),
    ]);
    expect(await log.activeSince(new Date(0))).toHaveLength(8);
    expect(await log.expire(new Date(Date.now() + HOUR))).toBe(9);
    expect((await log.read('all', { limit: 100 })).events).toEqual([]);
    await log.close();
  });

  it('expires by the time at which it stored an event, whatever the clock of the gateway that received it', async () => {
    const { log, clock } = await open();
    await log.append(queued('in a year', { receivedAt: START + YEAR }));
    await log.append(queued('a year ago', { receivedAt: START - YEAR }));
    clock.now = START + 2 * HOUR;
    await log.append(queued('new', { receivedAt: START - YEAR }));
    expect(await log.expire(new Date(START + HOUR))).toBe(2);
    expect(idsOf((await log.read('all', { limit: 10 })).events)).toEqual(['new']);
  });

  it('finds active conversations by the time at which it stored their events', async () => {
    const { log } = await open();
    for (let n = 0; n < 8; n += 1) await log.append(queued(`e${n}`, { conversationId: `c${n}` }));
    for (let n = 0; n < 8; n += 1) await log.append(queued(`late${n}`, { conversationId: `c${n}`, receivedAt: START - 24 * HOUR }));
    expect(await log.activeSince(new Date(START - HOUR))).toHaveLength(8);
  });

  it('finds more active conversations than it reads in one step, each once', async () => {
    const { log } = await openRedisAt(redis.url, { prefix: newPrefix(), partitions: 1 });
    const ids = Array.from({ length: 1_200 }, (_, n) => `c${n}`);
    await Promise.all(ids.map((conversationId, n) => log.append(queued(`e${n}`, { conversationId }))));
    expect((await log.activeSince(new Date(0))).toSorted()).toEqual(ids.toSorted());
    expect(await log.activeSince(new Date(Date.now() + HOUR))).toEqual([]);
    await log.close();
  });

  it('skips what is erased while it is read piece by piece, and calls only a cursor of the erased conversation expired', async () => {
    const [prefix, partitions] = [newPrefix(), 16];
    const { log } = await openRedisAt(redis.url, { prefix, partitions });
    const cursors = [];
    for (let n = 0; n < 20; n += 1) cursors.push((await log.append(queued(`e${n}`))).cursor);
    const { cursor: ofAll } = (await log.read('all', { limit: 1 })).events[0] ?? { cursor: '' };
    const epoch = (await redis.admin.hget(Keys.log(prefix), 'epoch')) ?? '';
    const keys = new Keys(prefix, partitions);
    const commands = afterFirstEvents(redis.admin, () => log.erase('c1'));
    const pages = new PageReader({ commands, keys, identity: { epoch, renew: () => Promise.resolve(), requireUsable: () => undefined } });
    // Of each partition a few at first.
    const page = await pages.read('all', { after: null, before: null, limit: 30, fromEnd: false, types: null });
    expect(page.entries.length).toBeGreaterThan(0);
    expect(page.entries.length).toBeLessThan(20);
    expect(page.hasMore).toBe(false);
    expect(pages.lost).toBe(0);
    expect((await log.read('all', { limit: 10, after: ofAll })).events).toEqual([]);
    await expect(log.read({ conversationId: 'c1' }, { limit: 10, after: cursors[0] ?? '' })).rejects.toThrow(CursorExpiredError);
    await log.close();
  });
});

/** Commands that do something when events have been read for the first time. */
function afterFirstEvents(client: Redis, work: () => Promise<unknown>): Redis {
  let isFirst = true;
  const watched = async (running: Promise<unknown>): Promise<unknown> => {
    const reply = await running;
    const isOfEvents = Array.isArray(reply) && Array.isArray(reply[0]);
    if (isOfEvents && isFirst) {
      isFirst = false;
      await work();
    }
    return reply;
  };
  const commands = Object.create(client) as Redis;
  commands.evalsha = ((...args: Parameters<Redis['evalsha']>) => watched(client.evalsha(...args))) as Redis['evalsha'];
  commands.eval = ((...args: Parameters<Redis['eval']>) => watched(client.eval(...args))) as Redis['eval'];
  return commands;
}
