import { Redis } from 'ioredis';
import { CursorExpiredError } from '../../../src/domain/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { RedisLogOptions, SharedStores } from '../../../src/events/redis/open.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { idsOf, take } from './harness.js';
import { openRedisAt } from './redis-log.js';
import { queued, typing } from './sample-events.js';

const c1 = { conversationId: 'c1' };

describeWith('redis-server', HOW_TO_GET_REDIS)('logs that share a Redis, or follow each other in it', () => {
  let redis: RedisServer;
  let admin: Redis;
  let opened: SharedStores[];
  const openStores = async (options: Partial<RedisLogOptions> = {}, database = 0) => {
    const stores = await openRedisAt(`${redis.url}/${database}`, options);
    opened.push(stores);
    return stores;
  };
  const open = async (...args: Parameters<typeof openStores>) => (await openStores(...args)).log;
  const append = async (log: EventLog, ...ids: string[]) => {
    const cursors = [];
    for (const id of ids) cursors.push((await log.append(queued(id))).cursor);
    return cursors;
  };
  beforeEach(async () => {
    redis = await RedisServer.start();
    admin = new Redis(redis.port, '127.0.0.1');
    opened = [];
  });
  afterEach(async () => {
    for (const { log } of opened) await log.close();
    admin.disconnect();
    await redis.dispose();
  });

  it.each([16, 8])('keep apart in two databases under one prefix, also where one has %d partitions', async (partitions) => {
    const [zero, one] = [await open({ partitions: 16 }, 0), await open({ partitions }, 1)];
    const following = await Promise.all([one.subscribe(c1, {}), one.subscribe('all', {}), one.subscribe(c1, { after: one.origin(c1) })]);
    await append(zero, 'zero1', 'zero2', 'zero3');
    for (let n = 0; n < 32; n += 1) await zero.append(queued(`zero of c${n}`, { conversationId: `c${n}` }));
    zero.publish(typing('zero is typing'));
    await append(one, 'one1', 'one2');
    for (const each of following) expect(idsOf(await take(each, 2))).toEqual(['one1', 'one2']);
    expect((await one.health()).ok).toBe(true);
  });

  it('drops and reports a live message of a partition that the log does not have', async () => {
    const log = await open({ partitions: 2 });
    const live = await log.subscribe('all', {});
    const epoch = await admin.hget('{chat}:log', 'epoch');
    for (const message of ['E 7 2-1 1-1 1-1\n\n{}', 'E nowhere\n\n{}', '']) await admin.publish(`{chat:0}:${epoch}:live`, message);
    await append(log, 'e1');
    expect(idsOf(await take(live, 1))).toEqual(['e1']);
    const { ok, warnings } = await log.health();
    expect([ok, warnings]).toEqual([true, expect.arrayContaining([expect.stringMatching(/^3 live messages were dropped/)])]);
  });

  it('fails subscriptions to the old log after FLUSHALL under a running gateway', async () => {
    const log = await open();
    const old = await append(log, 'old1', 'old2', 'old3', 'old4', 'old5');
    const [live, resumed] = [await log.subscribe(c1, {}), await log.subscribe('all', { after: log.origin('all') })];
    await take(resumed, 5);
    await admin.flushall();
    await append(log, 'new1', 'new2', 'new3', 'new4', 'new5', 'new6', 'new7', 'new8');
    for (const each of [live, resumed]) await expect(each.next()).rejects.toThrow(CursorExpiredError);
    for (const cursor of old) {
      await expect(log.subscribe(c1, { after: cursor })).rejects.toThrow(CursorExpiredError);
      await expect(log.read(c1, { limit: 10, after: cursor })).rejects.toThrow(CursorExpiredError);
    }
    expect((await log.read(c1, { limit: 10 })).events).toHaveLength(8);
  });

  it('agrees with a gateway that made the log anew on its epoch, its live events and its key for tickets', async () => {
    const before = await openStores();
    const live = await before.log.subscribe(c1, {});
    const [, ticketKey] = [await append(before.log, 'old1'), before.ticketKey()];
    await take(live, 1);
    await admin.flushall();
    const after = await openStores();
    const [cursor = ''] = await append(after.log, 'new1');
    expect((await before.log.health()).ok).toBe(true);
    await expect(live.next()).rejects.toThrow(CursorExpiredError);
    expect(before.ticketKey()).toEqual(after.ticketKey());
    expect(before.ticketKey()).not.toEqual(ticketKey);
    const again = await before.log.subscribe(c1, { after: cursor });
    await append(after.log, 'new2');
    expect(idsOf(await take(again, 1))).toEqual(['new2']);
  });

  it('reuses no position after an older copy was restored under the same Redis process', async () => {
    const log = await open({ partitions: 1 });
    const kept = await append(log, 'e1', 'e2');
    const copy = await Promise.all((await admin.keys('*')).map(async (key) => [key, await admin.dumpBuffer(key)] as const));
    const gone = await append(log, 'gone3', 'gone4', 'gone5');
    const live = await log.subscribe(c1, {});
    await admin.flushall();
    for (const [key, dumped] of copy) await admin.restore(key, 0, dumped);
    await append(log, 'e3', 'e4', 'e5', 'e6');
    await expect(live.next()).rejects.toThrow(CursorExpiredError);
    for (const cursor of gone) await expect(log.subscribe(c1, { after: cursor })).rejects.toThrow(CursorExpiredError);
    expect(idsOf((await log.read(c1, { limit: 10, after: kept[1] ?? '' })).events)).toEqual(['e3', 'e4', 'e5', 'e6']);
  });

  it('begins another term where the process stays and its history of replication does not', async () => {
    const log = await open({ partitions: 1 });
    await append(log, 'e1');
    const other = await RedisServer.start();
    await admin.replicaof('127.0.0.1', other.port);
    await admin.replicaof('NO', 'ONE');
    await other.dispose();
    await expect(append(log, 'e2').catch(() => append(log, 'e2'))).resolves.toHaveLength(1);
    expect(await admin.hlen('{chat:0}:g')).toBe(2);
  });
});
