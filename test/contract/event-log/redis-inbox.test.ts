import { Redis } from 'ioredis';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { ANA, BEN, WHOLE, playRandomly, readInbox, said, shown } from './inbox.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { START, agentJoined, digestOf } from './sample-events.js';

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

  it('is read again only where it has changed', async () => {
    const prefix = newPrefix();
    const [reading, writing] = [(await openRedisAt(redis.url, { prefix })).log, (await openRedisAt(redis.url, { prefix })).log];
    for (let number = 0; number < 30; number += 1)
      await writing.append(said(`m${number}`, 'AGENT', { conversationId: `c${number}`, occurredAt: START + number }));
    const client = new Redis(redis.url);
    /** Of one page: how many lists of places and how many entries it read. */
    const readsOf = async () => {
      await client.config('RESETSTAT');
      await reading.inbox.page({ ...WHOLE, limit: 20 });
      const stats = await client.info('commandstats');
      return ['zrange', 'zscore'].map((command) => Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0));
    };
    expect(await readsOf()).toEqual([16, 20]);
    expect(await readsOf()).toEqual([0, 0]);
    await writing.append(said('m30', 'AGENT', { conversationId: 'c7', occurredAt: START + 30 }));
    const [lists, entries = 0] = await readsOf();
    expect(lists).toBe(1);
    expect(entries).toBeLessThan(10);
    client.disconnect();
    for (const log of [reading, writing]) await log.close();
  });

  const sighting = { listedId: 'list-1', digest: digestOf('text of m1'), createdAt: new Date(START) };
  const changes: [string, (log: EventLog) => Promise<unknown>][] = [
    ['an event', (log) => log.append(said('m9', 'AGENT', { occurredAt: START + 9 }))],
    ['a state', (log) => log.append(agentJoined('j9', { occurredAt: START + 9 }))],
    [
      'a read marker',
      async (log) => log.inbox.storeMarker('c1', ANA, { cursor: await (await log.head()).cursor({ conversationId: 'c1' }), seen: 1 }),
    ],
    ['that history lists a message', (log) => log.identifyListedMessages('c1', [sighting])],
    ['an erasure', (log) => log.erase('c1')],
    ['expiry', (log) => log.expire(new Date(START + 1_000))],
  ];
  it.each(changes)('shows %s of the other gateway in the next page', async (_, change) => {
    const prefix = newPrefix();
    const open = async () => (await openRedisAt(redis.url, { prefix, storedAt: () => START * 1_000 })).log;
    const [reading, writing] = [await open(), await open()];
    await writing.append(said('m1', 'AGENT', { occurredAt: START }));
    const before = await reading.inbox.page(WHOLE);
    expect(await reading.inbox.page(WHOLE)).toEqual(before);
    await change(writing);
    const after = await reading.inbox.page(WHOLE);
    expect(after).not.toEqual(before);
    const fresh = await open();
    expect(after).toEqual(await fresh.inbox.page(WHOLE));
    for (const log of [reading, writing, fresh]) await log.close();
  });

  it('keeps nothing of a log that was replaced: cursors that it returned before it knew are not those of the log that it has', async () => {
    const server = await RedisServer.start();
    const [unaware, other] = [(await openRedisAt(server.url)).log, (await openRedisAt(server.url)).log];
    await other.append(said('m1', 'AGENT'));
    const client = new Redis(server.url);
    await client.flushall();
    client.disconnect();
    for (const id of ['m2', 'm3', 'm4'])
      await other.append(said(id, 'AGENT', { conversationId: id })).catch(() => other.append(said(id, 'AGENT', { conversationId: id })));
    const query = { ...WHOLE, limit: 2 };
    await unaware.inbox.page(query);
    expect((await unaware.health()).ok).toBe(true);
    const page = await unaware.inbox.page(query);
    expect(page).toEqual(await other.inbox.page(query));
    expect(await unaware.inbox.page({ ...query, after: page.next })).toMatchObject({ entries: [{ conversationId: 'm2' }], next: null });
    for (const log of [unaware, other]) await log.close();
    await server.dispose();
  });
});
