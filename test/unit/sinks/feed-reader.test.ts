import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { shardOf } from '../../../src/domain/shard.js';
import type { EventLog, LogPage, StoredEvent } from '../../../src/events/port/event-log.js';
import { FeedReader } from '../../../src/sinks/feed-reader.js';
import type { News } from '../../../src/sinks/news.js';
import { MAX_PENDING, Shard } from '../../../src/sinks/shard.js';
import type { Entry } from '../../../src/sinks/shard.js';
import { SharedPages } from '../../../src/sinks/shared-pages.js';
import { queued } from '../../contract/event-log/sample-events.js';
import { untilTrue } from '../../support/until.js';

const PAGE = 7;
/** A log of events whose cursors are their numbers, and how many of them were read. */
function logOf(count: number, pageSize = PAGE) {
  const events = Array.from({ length: count }, (_, n): StoredEvent => ({
    event: queued(`e${n}`, { conversationId: `c${n % 40}` }),
    cursor: String(n + 1),
    identity: null,
  }));
  const log = { events, eventsRead: 0, read: null as unknown as EventLog['read'] };
  log.read = (_scope, { after = '0' }): Promise<LogPage> => {
    const page = events.slice(Number(after), Number(after) + pageSize);
    log.eventsRead += page.length;
    return Promise.resolve({ events: page, hasMore: Number(after) + pageSize < events.length });
  };
  return log;
}

function open(log: ReturnType<typeof logOf>, shards: readonly Shard[]) {
  const entries: Entry[] = [];
  const listeners: (() => void)[] = [];
  const news = { version: 1, onNews: (listener: () => void) => void listeners.push(listener) };
  const reader = new FeedReader({
    pages: new SharedPages(log),
    news: news as unknown as News,
    shardCount: shards.length,
    shards: () => shards,
    isWanted: () => true,
    push: (entry) => void entries.push(entry),
    origin: () => '0',
    onExpired: () => undefined,
  });
  return { reader, entries };
}

const shardsAt = (...positions: readonly string[]) => positions.map((position, index) => new Shard(index, 1, position));
const idsOf = (entries: readonly Entry[]) => entries.map(({ stored }) => stored.event.id);

describe('a reader of the feed', () => {
  it('reads each event once for shards at different positions, which then share reads', async () => {
    const log = logOf(300);
    const shards = shardsAt('0', '0', '120', '250');
    const { reader, entries } = open(log, shards);
    await untilTrue(
      () =>
        entries.length === log.events.filter((_, n) => n >= (['0', '0', '120', '250'].map(Number)[shardOf(`c${n % 40}`, 4)] ?? 0)).length,
    );
    await reader.close();
    expect(new Set(idsOf(entries)).size).toBe(entries.length);
    // Together from now on.
    expect(new Set(shards.map(({ position }) => position))).toEqual(new Set(['300']));
  });

  it('loses no event of a shard without room, which reads on once it has some', async () => {
    const log = logOf(1_000);
    const shards = shardsAt('0', '0');
    const { reader, entries } = open(log, shards);
    await untilTrue(() => shards.some(({ hasRoom }) => !hasRoom));
    for (let settled = 0; entries.length < 1_000 || settled < 1_000;) {
      const entry = entries[settled];
      if (entry === undefined) {
        reader.wake();
        await pause(1);
      } else {
        settled += 1;
        if (entry.shard.settle(entry)) reader.wake();
      }
    }
    await reader.close();
    expect(new Set(idsOf(entries)).size).toBe(1_000);
    for (const shard of shards) {
      const own = entries.filter((entry) => entry.shard === shard).map(({ stored }) => Number(stored.cursor));
      expect(own).toEqual([...own].sort((a, b) => a - b));
      expect(shard.progress).toBe('1000');
    }
  });

  it('has the log read events about once for all shards of a slow receiver, as they get room at different times', async () => {
    const log = logOf(4_000, 200);
    const shards = shardsAt(...Array.from({ length: 8 }, () => '0'));
    const { reader, entries } = open(log, shards);
    let taken = 0;
    const inFlight: Entry[] = [];
    for (let settled = 0; settled < 3_000;) {
      for (; inFlight.length < 64 && taken < entries.length; taken += 1) inFlight.push(entries[taken] as Entry);
      // In another order than they were sent.
      const [entry] = inFlight.splice((settled * 7) % Math.max(1, inFlight.length), 1);
      if (entry !== undefined) settled += 1;
      if (entry?.shard.settle(entry) === true) reader.wake();
      await nextTurn();
    }
    await reader.close();
    expect(log.eventsRead).toBeLessThan(2 * entries.length);
  });

  it('reads on for the others when one shard is full of what its receiver rejects, and for that one when it has room', async () => {
    const log = logOf(4_000, 200);
    const shards = shardsAt('0', '0', '0', '0');
    const { reader, entries } = open(log, shards);
    const [stuck] = shards;
    const settleOthers = () => {
      for (const entry of entries) if (entry.shard !== stuck && entry.shard.settle(entry)) reader.wake();
    };
    const ofOthers = log.events.filter(({ event }) => shardOf(event.conversationId, 4) !== 0).length;
    await untilTrue(() => {
      settleOthers();
      return entries.filter(({ shard }) => shard !== stuck).length === ofOthers;
    });
    expect(entries.filter(({ shard }) => shard === stuck)).toHaveLength(MAX_PENDING);
    // One behind the others costs no more than one read of each event more.
    expect(log.eventsRead).toBeLessThan(3 * log.events.length);
    await untilTrue(() => {
      for (const entry of entries) if (entry.shard.settle(entry)) reader.wake();
      return entries.length === log.events.length;
    });
    expect(new Set(idsOf(entries)).size).toBe(log.events.length);
    await untilTrue(() => shards.every(({ position }) => position === '4000'));
    await reader.close();
  });

  it('reports the progress before the first event that is not settled', async () => {
    const log = logOf(10);
    const [shard = new Shard(0, 1, '0')] = shardsAt('0');
    const { reader, entries } = open(log, [shard]);
    await untilTrue(() => entries.length === 10);
    for (const entry of entries.slice(1)) shard.settle(entry);
    expect(shard.progress).toBe('0');
    const [first] = entries;
    if (first !== undefined) shard.settle(first);
    expect(shard.progress).toBe('10');
    await reader.close();
  });
});
