import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { EventLog, LogSubscription } from '../../../src/events/port/event-log.js';
import { healedMessageId } from '../../../src/domain/healing.js';
import type { RedisLogOptions, SharedStores } from '../../../src/events/redis/open.js';
import { CutProxy } from '../../support/disconnecting-proxy.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { idsOf, take } from './harness.js';
import { healAll, healOne } from './heal-one.js';
import { interleave } from './interleaving.js';
import { newPrefix, openRedisAt } from './redis-log.js';
import { listed, messageAdded, queued, START, typing } from './sample-events.js';

const c1 = { conversationId: 'c1' };
/** Between two breaks, in milliseconds: as long as a reconnect takes. */
const LONGEST_PEACE_MS = 60;

describeWith('redis-server', HOW_TO_GET_REDIS)('gateways over one Redis', () => {
  let redis: RedisServer;
  let proxy: CutProxy;
  let opened: SharedStores[];
  let prefix: string;
  const open = async (options: Partial<RedisLogOptions> = {}, port = redis.port): Promise<SharedStores> => {
    const stores = await openRedisAt(`redis://127.0.0.1:${port}`, { prefix, ...options });
    opened.push(stores);
    return stores;
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
    proxy = await CutProxy.start(redis.port);
  });
  afterAll(async () => {
    await proxy.dispose();
    await redis.dispose();
  });
  beforeEach(() => {
    prefix = newPrefix();
    opened = [];
  });
  afterEach(async () => {
    for (const { log } of opened) await log.close();
  });

  it("deliver each other's events and typing, each event once, in one order", async () => {
    const [{ log: here }, { log: there }] = [await open(), await open()];
    const subscriptions = await Promise.all([here, there].flatMap((log) => [log.subscribe(c1, {}), log.subscribe('all', {})]));
    await Promise.all(Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? here : there).append(queued(`e${n}`))));
    const seen = await Promise.all(subscriptions.map(async (subscription) => idsOf(await take(subscription, 100))));
    const stored = idsOf((await here.read(c1, { limit: 1000 })).events);
    expect(stored).toHaveLength(100);
    for (const ids of seen) expect(ids).toEqual(stored);
    there.publish(typing('t1'));
    for (const subscription of subscriptions) expect(idsOf(await take(subscription, 1))).toEqual(['t1']);
  });

  it("report each other's erased conversations, each once", async () => {
    const [{ log: here }, { log: there }] = [await open(), await open()];
    await here.append(queued('e1'));
    const erased: string[] = [];
    const subscriptions = await Promise.all(
      [here, there].map((log, index) => log.subscribe('all', { onErased: (id) => erased.push(`${index} ${id}`) })),
    );
    await there.erase('c1');
    await there.erase('a b\nc');
    await untilTrue(() => erased.length === 4);
    // What is published after it arrives after it.
    there.publish(typing('t1'));
    for (const subscription of subscriptions) expect(idsOf(await take(subscription, 1))).toEqual(['t1']);
    expect(erased.toSorted()).toEqual(['0 a b\nc', '0 c1', '1 a b\nc', '1 c1']);
    expect((await here.health()).warnings.filter((warning) => warning.includes('dropped'))).toEqual([]);
  });

  it('store one of many concurrent appends of one id', async () => {
    const logs = [(await open()).log, (await open()).log];
    const appended = await Promise.all(Array.from({ length: 64 }, (_, n) => (logs[n % 2] as EventLog).append(messageAdded('e1', 'A'))));
    expect(appended.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(appended.map(({ cursor, identity }) => `${cursor} ${identity?.id ?? ''}`)).size).toBe(1);
  });

  it('heal a message once, whichever of them finds it, though its original arrives at another', async () => {
    const logs = [(await open()).log, (await open()).log] as [EventLog, EventLog];
    await logs[0].append(queued('first', { occurredAt: START - 60_000 }));
    const messages = Array.from({ length: 50 }, (_, n) => ({ listedId: `m${n}`, text: `text ${n}` }));
    await logs[0].identifyListedMessages(
      'c1',
      messages.map(({ listedId, text }) => listed(listedId, text)),
    );
    const subscription = await logs[1].subscribe(c1, {});
    const heal = (log: EventLog, listedId: string, text: string) => {
      const event = { ...messageAdded(healedMessageId('c1', listedId), text), conversationId: 'c1', source: 'HISTORY' as const };
      return healOne(log, { event, listedId, since: null });
    };
    const outcomes = await Promise.all(
      messages.flatMap(({ listedId, text }, n) => [
        heal(logs[0], listedId, text),
        ...(n % 3 === 0 ? [logs[n % 2 === 0 ? 0 : 1].append(messageAdded(`original of ${listedId}`, text))] : []),
        heal(logs[1], listedId, text),
      ]),
    );
    const stored = outcomes.filter((outcome) => typeof outcome !== 'string' && !outcome.duplicate);
    expect(stored).toHaveLength(50);
    const delivered = await take(subscription, 50);
    expect(new Set(delivered.map(({ identity }) => identity?.id)).size).toBe(50);
    for (const { listedId, text } of messages) await logs[1].append(messageAdded(`original of ${listedId}`, text));
    expect((await logs[0].read(c1, { limit: 1_000, types: ['MESSAGE_ADDED'] })).events).toHaveLength(50);
  });

  it('heal pages of messages once, in order, though each heals the same and originals arrive meanwhile', async () => {
    const logs = [(await open()).log, (await open()).log] as [EventLog, EventLog];
    await logs[0].append(queued('first', { occurredAt: START - 60_000 }));
    const messages = Array.from({ length: 90 }, (_, n) => ({
      listedId: `m${n}`,
      event: { ...messageAdded(healedMessageId('c1', `m${n}`), `text ${n}`), conversationId: 'c1', source: 'HISTORY' as const },
    }));
    await logs[0].identifyListedMessages(
      'c1',
      messages.map(({ listedId }, n) => listed(listedId, `text ${n}`)),
    );
    const subscription = await logs[1].subscribe(c1, {});
    const outcomes = await Promise.all(
      [0, 30, 60].flatMap((from) => [
        ...logs.map((log) =>
          healAll(
            log,
            messages.slice(from, from + 30).map((message) => ({ ...message, since: null })),
          ),
        ),
        logs[from === 30 ? 0 : 1].append(messageAdded(`original of m${from + 25}`, `text ${from + 25}`)),
      ]),
    );
    const stored = outcomes.flat().filter((outcome) => typeof outcome !== 'string' && !outcome.duplicate);
    expect(stored).toHaveLength(90);
    const delivered = await take(subscription, 90);
    expect(new Set(delivered.map(({ identity }) => identity?.id)).size).toBe(90);
    const healed = delivered.flatMap(({ event: { source }, identity }) =>
      source === 'HISTORY' ? [Number(identity?.listedId?.slice(1))] : [],
    );
    expect(healed).toEqual(healed.toSorted((a, b) => a - b));
    for (const [n, { listedId }] of messages.entries())
      await logs[n % 2 === 0 ? 0 : 1].append(messageAdded(`original of ${listedId}`, `text ${n}`));
    expect((await logs[0].read(c1, { limit: 1_000, types: ['MESSAGE_ADDED'] })).events).toHaveLength(90);
  });

  it('assign one identity to a message, whichever of them sees it, as an event or in history', async () => {
    const logs = [(await open()).log, (await open()).log] as [EventLog, EventLog];
    const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`);
    const sightings = texts.map((text, n) => listed(`m${n}`, text));
    const [listedHere, listedThere] = await Promise.all([
      logs[0].identifyListedMessages('c1', sightings),
      logs[1].identifyListedMessages('c1', sightings.toReversed()),
      ...texts.map((text, n) => (logs[n % 2] as EventLog).append(messageAdded(`e${n}`, text))),
    ]);
    expect(listedThere.map(({ id }) => id).toReversed()).toEqual(listedHere.map(({ id }) => id));
    const events = (await logs[0].read(c1, { limit: 100 })).events;
    const keys = new Map(events.map(({ event, identity }) => [event.id, identity?.id]));
    expect(texts.map((_, n) => keys.get(`e${n}`))).toEqual(listedHere.map(({ id }) => id));
  });

  it('know of an append whose answer got lost', async () => {
    const [{ log }, { log: other }] = [await open({}, proxy.port), await open()];
    await log.append(queued('e1'));
    proxy.mute('"id":"e2"');
    const appending = log.append(queued('e2'));
    await untilTrue(async () => (await other.read(c1, { limit: 10 })).events.length === 2);
    proxy.cut();
    const { cursor } = await appending;
    expect(await log.append(queued('e2'))).toMatchObject({ duplicate: true, cursor });
    expect(idsOf((await log.read(c1, { limit: 10 })).events)).toEqual(['e1', 'e2']);
  });

  it('lose and repeat nothing while connections break, in stored events and in live ones', async () => {
    const [{ log }, { log: other }] = [await open({}, proxy.port), await open()];
    const ids = Array.from({ length: 600 }, (_, n) => `e${n}`);
    for (const id of ids.slice(0, 300)) await other.append(queued(id));
    const subscriptions = await Promise.all([
      log.subscribe(c1, { after: log.origin(c1) }),
      log.subscribe('all', { after: log.origin('all') }),
      log.subscribe(c1, {}),
    ]);
    const seen = Promise.all(subscriptions.map((subscription) => idsTo(subscription, 'last')));
    for (const [n, id] of ids.slice(300).entries()) {
      await other.append(queued(id));
      if (n % 60 === 0) proxy.cut();
    }
    proxy.cut();
    await other.append(queued('last'));
    expect(await seen).toEqual([
      [...ids, 'last'],
      [...ids, 'last'],
      [...ids.slice(300), 'last'],
    ]);
  });

  it.each([
    ['that live events come by', 'pubsub', 100],
    ['that commands go by', 'normal', 25],
  ])(
    'lose and repeat nothing while the connection %s is broken in the middle of the switch from stored to live',
    async (_what, type, rounds) => {
      const [{ log }, { log: writer }] = [await open({ queueLimit: 1_000 }), await open()];
      const admin = new Redis(redis.port, '127.0.0.1');
      const run = { over: false, broken: 0 };
      const breaking = (async () => {
        while (!run.over) {
          await pause(Math.random() * LONGEST_PEACE_MS);
          run.broken += Number(await admin.call('CLIENT', 'KILL', 'TYPE', type));
        }
        admin.disconnect();
      })();
      await interleave(log, rounds, writer).finally(() => (run.over = true));
      await breaking;
      console.log(`connections of type ${type} broken ${run.broken} times in ${rounds} rounds`);
      expect(run.broken).toBeGreaterThan(rounds / 10);
    },
  );

  it('catch up with what was published while disconnected, though nothing more is published', async () => {
    const [{ log }, { log: other }] = [await open({}, proxy.port), await open()];
    const subscription = await log.subscribe(c1, {});
    const waiting = take(subscription, 1);
    proxy.mute();
    await other.append(queued('e1'));
    proxy.cut();
    expect(idsOf(await waiting)).toEqual(['e1']);
  });

  it('share who is typing, which tickets were used, and how much was used', async () => {
    const [here, there] = [await open(), await open()];
    expect(Buffer.from(here.ticketKey()).equals(there.ticketKey())).toBe(true);
    expect(await here.usedTickets.claim('t', 60_000)).toBe(true);
    expect(await there.usedTickets.claim('t', 60_000)).toBe(false);
    await here.usedTickets.release('t');
    expect(await there.usedTickets.claim('t', 60_000)).toBe(true);

    const typist = { participantId: 'p', type: 'AGENT', name: 'Ada', language: null, removed: null } as const;
    here.log.publish({ ...typing('t1'), data: { typing: [typist] } });
    await untilTrue(async () => (await there.typing.in('c1')).length === 1);
    expect(await there.typing.in('c1')).toEqual([typist]);
    here.log.publish(typing('t2'));
    await untilTrue(async () => (await there.typing.in('c1')).length === 0);

    const quota = { count: 3, windowMs: 3_600_000 };
    const uses = [];
    for (const { rateLimits } of [here, there, here, there]) uses.push(await rateLimits.consume('somebody', quota));
    expect(uses.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect(uses[3]?.retryAfterMs).toBeGreaterThan(1_100_000);
    expect((await here.rateLimits.consume('another', quota)).allowed).toBe(true);
  });
});

/** The ids of what a subscription hands out, up to one. */
async function idsTo(subscription: LogSubscription, last: string): Promise<string[]> {
  const ids: string[] = [];
  while (ids.at(-1) !== last) ids.push(...idsOf(await take(subscription, 1)));
  return ids;
}
