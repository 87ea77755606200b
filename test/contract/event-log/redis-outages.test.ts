import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CursorExpiredError } from '../../../src/domain/errors.js';
import { FORMAT } from '../../../src/events/redis/log-identity.js';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { RedisLogOptions } from '../../../src/events/redis/open.js';
import { CutProxy } from '../../support/disconnecting-proxy.js';
import { HOW_TO_GET_PRLIMIT } from '../../support/limit-files.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { idsOf, take } from './harness.js';
import { openRedisAt } from './redis-log.js';
import { messageAdded, queued, START } from './sample-events.js';

const c1 = { conversationId: 'c1' };
const HOUR = 3_600_000;

describeWith('redis-server', HOW_TO_GET_REDIS)('a Redis in trouble', () => {
  let redis: RedisServer;
  let logs: EventLog[];
  const start = async (...settings: string[]) => {
    redis = await RedisServer.start(...settings);
  };
  const open = async (options: Partial<RedisLogOptions> = {}, url = redis.url) => {
    const { log } = await openRedisAt(url, options);
    logs.push(log);
    return log;
  };
  beforeEach(() => {
    logs = [];
  });
  afterEach(async () => {
    for (const log of logs) await log.close();
    await redis.dispose();
  });

  it('that was killed knows all that it acknowledged, and old cursors, and open subscriptions go on', async () => {
    await start('--appendfsync', 'always');
    const log = await open();
    const { cursor } = await log.append(queued('e1'));
    const subscription = await log.subscribe(c1, { after: cursor });
    await log.append(queued('e2'));
    await redis.kill();
    await redis.restart();
    expect((await log.append(queued('e3'))).duplicate).toBe(false);
    expect((await log.append(queued('e1'))).cursor).toBe(cursor);
    expect(idsOf((await log.read(c1, { limit: 10, after: cursor })).events)).toEqual(['e2', 'e3']);
    expect(idsOf(await take(subscription, 2))).toEqual(['e2', 'e3']);
  });

  it('that has lost events fails those who had seen them, and skips none', async () => {
    await start();
    const log = await open({ partitions: 1 });
    const cursors: string[] = [];
    for (const id of ['e1', 'e2', 'e3']) cursors.push((await log.append(queued(id))).cursor);
    await redis.kill();
    const copy = await mkdtemp(join(tmpdir(), 'redis-copy-'));
    await cp(redis.directory, copy, { recursive: true });
    await redis.restart();
    for (const id of ['lost4', 'lost5']) cursors.push((await log.append(queued(id))).cursor);
    const open5 = await log.subscribe(c1, { after: cursors[4] ?? '' });
    await redis.kill();
    await rm(redis.directory, { recursive: true });
    await cp(copy, redis.directory, { recursive: true });
    await rm(copy, { recursive: true });
    await redis.restart();
    await expect(open5.next()).rejects.toThrow(CursorExpiredError);
    // Until the numbers of what was lost have been given again, and more.
    for (const id of ['e4', 'e5', 'e6']) await log.append(queued(id));
    for (const lost of cursors.slice(3)) {
      await expect(log.read(c1, { limit: 10, after: lost })).rejects.toThrow(CursorExpiredError);
      await expect(log.subscribe(c1, { after: lost })).rejects.toThrow(CursorExpiredError);
    }
    expect(idsOf((await log.read(c1, { limit: 10, after: cursors[2] ?? '' })).events)).toEqual(['e4', 'e5', 'e6']);
  });

  it('that stored nothing on disk and was killed does so too', async () => {
    await start('--appendonly', 'no');
    const log = await open();
    const { cursor } = await log.append(queued('e1'));
    await redis.kill();
    await redis.restart();
    await log.append(queued('e2'));
    await log.append(queued('e3'));
    await expect(log.read(c1, { limit: 10, after: cursor })).rejects.toThrow(CursorExpiredError);
  });

  it('that is out of memory rejects appends, reports it, and accepts them again once there is room', async () => {
    await start('--maxmemory', '6mb', '--maxmemory-policy', 'noeviction');
    const log = await open({ partitions: 1, storedAt: () => (START - 2 * HOUR) * 1_000 });
    const old = { receivedAt: START - 2 * HOUR };
    const big = 'x'.repeat(20_000);
    let stored = 0;
    const fill = async () => {
      for (; stored < 1_000; stored += 1) await log.append(messageAdded(`e${stored}`, `${big}${stored}`, old));
    };
    await expect(fill()).rejects.toThrow(LogUnavailableError);
    const admin = new Redis(redis.port, '127.0.0.1');
    await admin.config('SET', 'maxmemory', '1mb');
    expect(await log.health()).toMatchObject({
      ok: false,
      warnings: [expect.stringContaining('OOM') as string, expect.any(String) as string],
    });
    expect((await log.read('all', { limit: 1000 })).events).toHaveLength(stored);
    expect(await log.expire(new Date(START - HOUR))).toBe(stored);
    await admin.config('SET', 'maxmemory', '6mb');
    admin.disconnect();
    await untilTrue(async () => (await log.health()).ok);
    expect((await log.append(messageAdded('later', big))).duplicate).toBe(false);
  });

  describeWith('prlimit', HOW_TO_GET_PRLIMIT)('whose disk is full', () => {
    it('acknowledges nothing that is not on it, and continues once there is room', async () => {
      await start('--appendfsync', 'always');
      const log = await open();
      await log.append(queued('first'));
      const acknowledged = ['first'];
      await redis.limitFiles(100_000);
      const fill = async () => {
        for (let n = 0; n < 1_000; n += 1) {
          await log.append(messageAdded(`e${n}`, `${'x'.repeat(5_000)}${n}`));
          acknowledged.push(`e${n}`);
        }
      };
      await expect(fill()).rejects.toThrow(LogUnavailableError);
      expect(acknowledged.length).toBeGreaterThan(1);
      // Redis has exited, as it does under `appendfsync always`.
      await redis.kill();
      await redis.restart();
      await untilTrue(async () => (await log.health()).ok);
      expect((await log.append(queued('last'))).duplicate).toBe(false);
      const stored = idsOf((await log.read(c1, { limit: 1_000 })).events);
      expect(stored.filter((id) => acknowledged.includes(id))).toEqual(acknowledged);
      for (const id of acknowledged) expect((await log.append(queued(id))).duplicate).toBe(true);
    });

    it('rejects appends while Redis does not sync each, until there is room', async () => {
      await start('--appendfsync', 'everysec');
      const log = await open();
      await redis.limitFiles(100_000);
      const fill = async () => {
        for (let n = 0; n < 1_000; n += 1) await log.append(messageAdded(`e${n}`, `${'x'.repeat(5_000)}${n}`));
      };
      await expect(fill()).rejects.toMatchObject({ reason: expect.stringMatching(/MISCONF/) as string });
      expect(await log.health()).toMatchObject({
        ok: false,
        warnings: expect.arrayContaining([expect.stringMatching(/MISCONF/)]) as string[],
      });
      await redis.limitFiles(null);
      await untilTrue(async () => (await log.health()).ok);
      expect((await log.append(queued('last'))).duplicate).toBe(false);
    });
  });

  it('that is gone is reported, and reconnected to', async () => {
    await start();
    const log = await open();
    await redis.kill();
    expect(await log.health()).toMatchObject({ ok: false });
    const begun = performance.now();
    await expect(log.append(queued('e1'))).rejects.toMatchObject({
      reason: expect.stringMatching(/^Redis has not answered for 2000 ms: connect ECONNREFUSED/) as string,
    });
    // Well below the 10 s for which a Redis that answers others is waited for.
    expect(performance.now() - begun).toBeLessThan(6_000);
    await redis.restart();
    await untilTrue(async () => (await log.health()).ok);
    // It may have been sent when Redis was there again.
    await log.append(queued('e1'));
    expect(idsOf((await log.read(c1, { limit: 10 })).events)).toEqual(['e1']);
  });

  it('that became a replica rejects with its own message, and is retried with a growing delay', async () => {
    await start();
    const log = await open();
    await log.append(queued('e1'));
    const admin = new Redis(redis.port, '127.0.0.1');
    const connections = async () => Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
    await admin.replicaof('127.0.0.1', 1);
    const [before, begun] = [await connections(), performance.now()];
    for (let tries = 0; tries < 6; tries += 1) {
      await expect(log.append(queued('e2'))).rejects.toMatchObject({ reason: expect.stringMatching(/READONLY/) as string });
    }
    const perSecond = ((await connections()) - before) / ((performance.now() - begun) / 1_000);
    expect(perSecond).toBeLessThan(10);
    expect(await log.health()).toMatchObject({
      ok: false,
      warnings: expect.arrayContaining([expect.stringMatching(/READONLY/)]) as string[],
    });
    await admin.replicaof('NO', 'ONE');
    admin.disconnect();
    await untilTrue(async () => (await log.health()).ok);
    expect((await log.append(queued('e3'))).duplicate).toBe(false);
  });

  it('that hangs keeps nobody waiting for ever, and what was asked may be asked again', async () => {
    await start();
    const log = await open({ replyTimeoutMs: 2_000 });
    const { cursor } = await log.append(queued('e1'));
    redis.pause();
    const unanswered = { code: 'EVENT_LOG_UNAVAILABLE', reason: 'Redis has not answered for 2000 ms' };
    const asked = [log.append(queued('e2')), log.read(c1, { limit: 1 }), log.head().then((head) => head.cursor(c1))];
    for (const each of [...asked, log.subscribe(c1, {}), log.subscribe(c1, { after: cursor })])
      await expect(each).rejects.toMatchObject(unanswered);
    expect(await log.health()).toMatchObject({ ok: false, warnings: expect.arrayContaining([unanswered.reason]) as string[] });
    expect(log.stats().subscriptions).toBe(0);
    redis.resume();
    await untilTrue(async () => (await log.health()).ok);
    await untilTrue(() =>
      log.append(queued('e2')).then(
        () => true,
        () => false,
      ),
    );
    expect(idsOf((await log.read(c1, { limit: 10 })).events)).toEqual(['e1', 'e2']);
    expect(log.stats().subscriptions).toBe(0);
  });

  it('that hangs while a request is claimed has it free again: nothing was carried out', async () => {
    await start();
    const [here, there] = [await open({ replyTimeoutMs: 500 }), await open()];
    const request = { name: 'create', input: 'digest' };
    redis.pause();
    // The second comes on top of a first that is not settled yet.
    for (let tries = 0; tries < 2; tries += 1) await expect(here.requests.claim(request)).rejects.toThrow(LogUnavailableError);
    redis.resume();
    expect(await there.requests.claim({ ...request, name: 'other' })).toBe('claimed');
    await untilTrue(async () => (await there.requests.claim(request)) === 'claimed');
    // A claim that was abandoned is not taken back from its later owner.
    expect(await here.requests.claim(request)).toBe('unknown');
    expect(await there.requests.claim(request)).toBe('unknown');
  });

  it('that was cut off when it had written the claim of a request has it claimed by that very request', async () => {
    await start();
    const proxy = await CutProxy.start(redis.port);
    const request = { name: 'create', input: 'digest' };
    const [here, there] = [await open({}, `redis://127.0.0.1:${proxy.port}`), await open()];
    // So that Redis knows the script.
    await there.requests.claim({ ...request, name: 'other' });
    proxy.mute();
    const claim = here.requests.claim(request);
    const client = new Redis(redis.port, '127.0.0.1');
    await untilTrue(async () => (await client.exists('chat:request:create')) === 1);
    client.disconnect();
    proxy.cut();
    expect(await claim).toBe('claimed');
    expect(await here.requests.claim(request)).toBe('unknown');
    await proxy.dispose();
  });

  it('that has written an abandoned claim leaves it free for the gateway that abandoned it', async () => {
    await start();
    const proxy = await CutProxy.start(redis.port);
    const request = { name: 'create', input: 'digest' };
    const [here, there] = [await open({ replyTimeoutMs: 2_000 }, `redis://127.0.0.1:${proxy.port}`), await open()];
    await there.requests.claim({ ...request, name: 'other' });
    proxy.mute();
    await expect(here.requests.claim(request)).rejects.toThrow(LogUnavailableError);
    expect(await there.requests.claim(request)).toBe('unknown');
    // Sent behind the first, and so carried out before that can be taken back.
    const again = here.requests.claim(request);
    proxy.cut();
    expect(await again).toBe('claimed');
    await here.append(queued('e1'));
    expect(await there.requests.claim(request)).toBe('unknown');
    await proxy.dispose();
  });

  it('that is not durable is reported, or rejected if durability is required', async () => {
    await start('--appendfsync', 'everysec', '--maxmemory-policy', 'allkeys-lru');
    const { warnings } = await (await open()).health();
    expect(warnings).toEqual([
      expect.stringContaining('appendfsync is everysec'),
      expect.stringContaining('maxmemory-policy is allkeys-lru'),
    ]);
    await expect(open({ requireDurable: true })).rejects.toMatchObject({
      reason: expect.stringMatching(/REQUIRE_DURABLE_LOG=true.*everysec/) as string,
    });
  });

  it('that is durable is not reported until its settings are weakened, and no longer than that', async () => {
    await start('--appendfsync', 'always');
    const log = await open({ requireDurable: true });
    expect(await log.health()).toEqual({ ok: true, warnings: [] });
    const admin = new Redis(redis.port, '127.0.0.1');
    await admin.config('SET', 'appendfsync', 'everysec');
    expect(await log.health()).toEqual({ ok: true, warnings: [expect.stringContaining('appendfsync is everysec')] });
    await admin.config('SET', 'appendfsync', 'always');
    admin.disconnect();
    expect(await log.health()).toEqual({ ok: true, warnings: [] });
  });

  it('that hides its settings counts as durable if the operator declares it', async () => {
    await start('--rename-command', 'CONFIG', '');
    expect((await (await open()).health()).warnings).toEqual([expect.stringContaining('LOG_DECLARED_DURABLE')]);
    await expect(open({ requireDurable: true })).rejects.toMatchObject({ reason: expect.stringMatching(/LOG_DECLARED_DURABLE/) as string });
    expect((await (await open({ requireDurable: true, declaredDurable: true })).health()).warnings).toEqual([]);
  });

  it('asks for its password', async () => {
    await start('--requirepass', 'sesame');
    await expect(open()).rejects.toMatchObject({ reason: expect.stringMatching(/cannot be used: NOAUTH/) as string });
    const log = await open({}, `redis://:sesame@127.0.0.1:${redis.port}/3`);
    const live = await log.subscribe(c1, {});
    await log.append(queued('e1'));
    expect(idsOf(await take(live, 1))).toEqual(['e1']);
  });

  it('keeps its number of partitions and its format', async () => {
    await start();
    await open({ partitions: 4 });
    await open({});
    await expect(open({ partitions: 8 })).rejects.toMatchObject({
      reason: expect.stringContaining('The event log in Redis has 4 partitions, not 8') as string,
    });
    const client = new Redis(redis.port, '127.0.0.1');
    const later = Number(FORMAT) + 1;
    await client.hset('{chat}:log', 'format', later);
    client.disconnect();
    await expect(open({})).rejects.toMatchObject({
      reason: expect.stringContaining(`has format ${later}; this release reads formats 1 to ${FORMAT}`) as string,
    });
  });

  it('that has no such database is rejected, rather than another one used', async () => {
    await start();
    await expect(open({}, `${redis.url}/99`)).rejects.toMatchObject({
      reason: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ has no database 99: .*out of range/) as string,
    });
    const client = new Redis(redis.port, '127.0.0.1');
    expect(await client.dbsize()).toBe(0);
    client.disconnect();
  });

  it('that cannot be reached is rejected by its address', async () => {
    await start();
    await redis.kill();
    await expect(open()).rejects.toMatchObject({
      reason: expect.stringContaining(`Redis at 127.0.0.1:${redis.port} cannot be used`) as string,
    });
  });
});
