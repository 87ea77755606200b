import { isInShard } from '../../../src/domain/shard.js';
import type { Shard } from '../../../src/domain/shard.js';
import { MAX_EXAMINED, readFeed } from '../../../src/events/delivery/read-feed.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { StoredEvent } from '../../../src/events/port/stored-event.js';
import { reshard } from '../../../client/src/reshard.js';
import type { ShardCursor } from '../../../client/src/reshard.js';
import { disposing, idsOf, take } from './harness.js';
import type { OpenLog } from './harness.js';
import { messageAdded, queued, typing } from './sample-events.js';
import { seededRandom } from './seeded-random.js';

const shards = (count: number): Shard[] => Array.from({ length: count }, (_, index) => ({ index, count }));
const conversations = Array.from({ length: 24 }, (_, index) => `c${index}`);
const inShard = (shard: Shard) => conversations.filter((id) => isInShard(id, shard));

/** Ids are in order of append within a conversation. */
async function appendAll(log: EventLog, from: number, count: number): Promise<void> {
  const appends = Array.from({ length: count }, (_, index) => {
    const number = from + index;
    return log.append(queued(`e${number}`, { conversationId: conversations[(number * 7) % conversations.length] ?? '' }));
  });
  await Promise.all(appends);
}

/** What workers do: each follows its shards from their cursors until it is killed, and keeps the cursor of each event that it handled. */
class Workers {
  readonly handled: StoredEvent[] = [];
  #running: { work: ShardCursor; stop: () => Promise<unknown>; finished: Promise<void> }[] = [];

  constructor(private readonly log: EventLog) {}

  async start(work: readonly ShardCursor[]): Promise<void> {
    for (const { shard, after } of work) {
      const subscription = await this.log.subscribe('all', { after, shard });
      const kept = { shard, after };
      const follow = async () => {
        for await (const delivery of subscription) {
          this.handled.push(delivery);
          kept.after = delivery.cursor;
        }
      };
      this.#running.push({ work: kept, stop: () => subscription.return(), finished: follow() });
    }
  }

  /** Ends them all, wherever they are. Returns what they kept. */
  async kill(): Promise<ShardCursor[]> {
    const running = this.#running.splice(0);
    await Promise.all(running.map(({ stop }) => stop()));
    await Promise.all(running.map(({ finished }) => finished));
    return running.map(({ work }) => work);
  }
}

/** The feed by polling, from a cursor to its end. */
async function poll(log: EventLog, after: string | null, shard: Shard, limit: number): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let hasMore = true; hasMore;) {
    const page = await readFeed(log, { after, limit, wants: ({ conversationId }) => isInShard(conversationId, shard) });
    events.push(...page.events);
    ({ hasMore, endCursor: after } = page);
  }
  return events;
}

/** What every engine keeps to for workers that share the events of all conversations. */
export function describeSharding(openLog: OpenLog): void {
  const open = disposing(openLog);

  it('delivers to a shard the events of its conversations, stored, live and transient', async () => {
    const { log } = await open();
    const shard = { index: 1, count: 3 };
    const [own = '', other = ''] = [inShard(shard)[0], inShard({ index: 2, count: 3 })[0]];
    await log.append(queued('e1', { conversationId: own }));
    await log.append(queued('x1', { conversationId: other }));
    const subscription = await log.subscribe('all', { after: log.origin('all'), shard });
    const live = await log.subscribe('all', { shard, types: ['MESSAGE_ADDED', 'TYPING_CHANGED'] });
    await log.append(queued('x2', { conversationId: other }));
    log.publish(typing('x3', { conversationId: other }));
    await log.append(queued('e2', { conversationId: own }));
    expect(idsOf(await take(subscription, 2))).toEqual(['e1', 'e2']);
    log.publish(typing('t1', { conversationId: own }));
    await log.append(messageAdded('x4', 'a', { conversationId: other }));
    await log.append(messageAdded('e3', 'a', { conversationId: own }));
    expect(idsOf(await take(subscription, 2))).toEqual(['t1', 'e3']);
    expect(idsOf(await take(live, 2))).toEqual(['t1', 'e3']);
  });

  it('has events of no conversation in shard 0', async () => {
    const { log } = await open();
    const after = log.origin('all');
    await log.append({ ...queued('e1'), conversationId: null, type: 'UNRECOGNIZED', data: { eventType: 'x', payload: {} } });
    await log.append(queued('e2', { conversationId: inShard({ index: 1, count: 2 })[0] ?? '' }));
    expect(idsOf(await poll(log, after, { index: 0, count: 2 }, 10))).toEqual(['e1']);
    expect(idsOf(await poll(log, after, { index: 1, count: 2 }, 10))).toEqual(['e2']);
  });

  it('moves the bookmark of a shard past the events of others, live and stored', async () => {
    const { log } = await open();
    const shard = { index: 0, count: 2 };
    const other = inShard({ index: 1, count: 2 })[0] ?? '';
    const after = log.origin('all');
    for (let number = 0; number < 3; number += 1) await log.append(queued(`x${number}`, { conversationId: other }));
    const subscriptions = [await log.subscribe('all', { shard }), await log.subscribe('all', { after, shard })];
    for (const subscription of subscriptions) subscription.pipeTo({ write: () => null, end: () => undefined });
    await log.append(queued('x3', { conversationId: other }));
    const head = await (await log.head()).cursor('all');
    for (const subscription of subscriptions) expect(subscription.bookmark).toBe(head);
  });

  it('reads a backlog of several pages that hold nothing of the shard', async () => {
    const { log } = await open();
    const shard = { index: 0, count: 2 };
    const [own = '', other = ''] = [inShard(shard)[0], inShard({ index: 1, count: 2 })[0]];
    const after = log.origin('all');
    await Promise.all(Array.from({ length: 700 }, (_, index) => log.append(queued(`x${index}`, { conversationId: other }))));
    await log.append(queued('e1', { conversationId: own }));
    const subscription = await log.subscribe('all', { after, shard });
    expect(idsOf(await take(subscription, 1))).toEqual(['e1']);
    expect(idsOf(await poll(log, after, shard, 1))).toEqual(['e1']);
  });

  it('polls from the oldest stored event without a cursor, and past a stretch without a wanted event', async () => {
    const { log } = await open();
    const none = await readFeed(log, { after: null, limit: 10, wants: null });
    expect(none).toMatchObject({ events: [], hasMore: false });
    await Promise.all(Array.from({ length: MAX_EXAMINED + 5 }, (_, index) => log.append(queued(`e${index}`))));
    await log.append(messageAdded('m1', 'one'));
    const wants = ({ type }: { type: string }) => type === 'MESSAGE_ADDED';
    const first = await readFeed(log, { after: null, limit: 10, wants });
    expect(first).toMatchObject({ events: [], hasMore: true });
    const second = await readFeed(log, { after: first.endCursor, limit: 10, wants });
    expect(idsOf(second.events)).toEqual(['m1']);
    expect(second.hasMore).toBe(false);
    // The cursor of the empty log has lost nothing.
    expect(idsOf((await readFeed(log, { after: none.endCursor, limit: 2, wants: null })).events)).toEqual(['e0', 'e1']);
  });

  it('gives polling the cursors of subscriptions, and the other way round', async () => {
    const { log } = await open();
    const shard = { index: 1, count: 2 };
    const after = log.origin('all');
    await appendAll(log, 0, 60);
    const expected = idsOf(await poll(log, after, shard, 100));
    const page = await readFeed(log, { after, limit: 5, wants: ({ conversationId }) => isInShard(conversationId, shard) });
    const subscription = await log.subscribe('all', { after: page.endCursor, shard });
    const delivered = await take(subscription, 5);
    const rest = await poll(log, delivered.at(-1)?.cursor ?? '', shard, 3);
    expect([...idsOf(page.events), ...idsOf(delivered), ...idsOf(rest)]).toEqual(expected);
  });

  it.each([
    [1, 4, 3],
    [4, 3, 1],
    [2, 5, 2],
  ])('loses and repeats nothing over %d, %d and %d workers, killed anywhere', async (...counts) => {
    const { log } = await open({ queueLimit: 10_000 });
    const random = seededRandom(counts.reduce((seed, count) => 10 * seed + count, 0));
    const workers = new Workers(log);
    let work: ShardCursor[] = [{ shard: { index: 0, count: 1 }, after: log.origin('all') }];
    let appended = 0;
    const started: number[] = [];
    for (const count of counts) {
      // The same number of workers, killed and started again twice; then another number.
      for (let round = 0; round < 3; round += 1) {
        const shares = reshard(work, count);
        expect(shares).toHaveLength(count);
        for (const share of shares) await workers.start(share);
        started.push(shares.flat().length);
        const size = 40 + Math.floor(random() * 60);
        const appending = appendAll(log, appended, size);
        appended += size;
        const until = workers.handled.length + Math.floor(random() * size);
        if (random() < 0.5) await appending;
        while (workers.handled.length < until) await new Promise((resolve) => setImmediate(resolve));
        work = await workers.kill();
        await appending;
      }
    }
    const last = idsOf((await log.read('all', { limit: 1_000, after: log.origin('all') })).events);
    expect(last).toHaveLength(appended);
    for (const share of reshard(work, 2)) await workers.start(share);
    while (workers.handled.length < appended) await new Promise((resolve) => setImmediate(resolve));
    await workers.kill();
    expect(idsOf(workers.handled).sort()).toEqual([...last].sort());
    for (const conversationId of conversations) {
      const of = (events: readonly StoredEvent[]) => idsOf(events.filter(({ event }) => event.conversationId === conversationId));
      expect(of(workers.handled)).toEqual(of((await log.read({ conversationId }, { limit: 1_000 })).events));
    }
    expect(started.length).toBe(9);
  });

  it.each(shards(4))('polls shard $index of 4 in pieces, with every event once and in order', async (shard) => {
    const { log } = await open();
    await appendAll(log, 0, 300);
    const all = (await log.read('all', { limit: 1_000 })).events.filter(({ event }) => isInShard(event.conversationId, shard));
    for (const limit of [1, 7, 100]) expect(idsOf(await poll(log, null, shard, limit))).toEqual(idsOf(all));
  });
}
