import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { scopeHash } from '../../../src/events/port/cursor.js';
import { CommandRunner } from '../../../src/events/redis/command-runner.js';
import { Keys } from '../../../src/events/redis/keys.js';
import { RedisPresence } from '../../../src/events/redis/redis-presence.js';
import type { PresenceTimes } from '../../../src/events/redis/redis-presence.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { newPrefix, startedRedis } from './redis-log.js';
import { seededRandom } from './seeded-random.js';

/** Neither expires nor is refreshed within a test. */
const UNHURRIED: PresenceTimes = { presentMs: 3_600_000, refreshMs: 3_600_000 };

describeWith('redis-server', HOW_TO_GET_REDIS)('the presence of customers at gateways over one Redis', () => {
  const redis = startedRedis();
  let keys: Keys;
  let opened: { readonly presence: RedisPresence; readonly commands: Redis }[];
  beforeEach(() => {
    keys = new Keys(newPrefix(), 1);
    opened = [];
  });
  afterEach(() => {
    for (const { presence, commands } of opened) {
      presence.close();
      commands.disconnect();
    }
  });

  const open = (times: PresenceTimes = UNHURRIED) => {
    const commands = new Redis(redis.server.port, '127.0.0.1');
    const gateway = { presence: new RedisPresence(commands, keys, new CommandRunner(), randomUUID(), times), commands };
    opened.push(gateway);
    return gateway;
  };
  const keyOf = (conversationId: string) => keys.presence(scopeHash({ conversationId }));
  /** Waits until Redis has executed what a gateway has sent, and what it sends after the answers. */
  const settled = async ({ commands }: { readonly commands: Redis }) => {
    for (let round = 0; round < 6; round += 1) await commands.ping();
  };

  it('is known at all of them, and is over when the last subscription at the last gateway has ended', async () => {
    const [one, other, third] = [open(), open(), open()];
    expect(await third.presence.isPresent('c1')).toBe(false);
    const leaveOne = one.presence.enter('c1');
    const leaveAgain = one.presence.enter('c1');
    expect(one.presence.isPresent('c1')).toBe(true);
    await untilTrue(() => third.presence.isPresent('c1'));
    expect(await third.presence.isPresent('c2')).toBe(false);
    const leaveOther = other.presence.enter('c1');
    leaveOne();
    leaveOne();
    await Promise.all([settled(one), settled(other)]);
    expect(await redis.admin.zcard(keyOf('c1'))).toBe(2);
    leaveAgain();
    await settled(one);
    expect(await redis.admin.zcard(keyOf('c1'))).toBe(1);
    expect([await one.presence.isPresent('c1'), await third.presence.isPresent('c1')]).toEqual([true, true]);
    leaveOther();
    await settled(other);
    expect([await one.presence.isPresent('c1'), await third.presence.isPresent('c1')]).toEqual([false, false]);
    expect(await redis.admin.exists(keyOf('c1'))).toBe(0);
  });

  it('is over immediately for a customer who leaves while it is still being written', async () => {
    const gateway = open();
    await gateway.commands.ping();
    await redis.admin.script('FLUSH');
    gateway.presence.enter('c1')();
    await settled(gateway);
    expect(await redis.admin.zcard(keyOf('c1'))).toBe(0);
  });

  it('is right after customers have arrived and left quickly, while it is refreshed', async () => {
    const gateway = open({ presentMs: 3_600_000, refreshMs: 1 });
    const watcher = open();
    const random = seededRandom(7);
    const leave = new Map<string, () => void>();
    for (let step = 0; step < 2_000; step += 1) {
      const conversationId = `c${Math.floor(random() * 40)}`;
      const leaving = leave.get(conversationId);
      if (leaving === undefined) leave.set(conversationId, gateway.presence.enter(conversationId));
      else {
        leaving();
        leave.delete(conversationId);
      }
      if (step % 50 === 0) await gateway.commands.ping();
    }
    await settled(gateway);
    for (let n = 0; n < 40; n += 1) expect([n, await watcher.presence.isPresent(`c${n}`)]).toEqual([n, leave.has(`c${n}`)]);
  });

  it('is extended for as long as the subscription lasts, and written again after Redis has lost it', async () => {
    const [gateway, watcher] = [open({ presentMs: 3_600_000, refreshMs: 5 }), open()];
    gateway.presence.enter('c1');
    await untilTrue(() => watcher.presence.isPresent('c1'));
    const until = async () => Number((await redis.admin.zrange(keyOf('c1'), '0', '0', 'WITHSCORES'))[1]);
    const first = await until();
    await untilTrue(async () => (await until()) > first);
    await redis.admin.del(keyOf('c1'));
    await untilTrue(() => watcher.presence.isPresent('c1'));
  });

  it('expires after a gateway was killed', async () => {
    const watcher = open();
    const killed = open({ presentMs: 700, refreshMs: 50 });
    killed.presence.enter('c1');
    await untilTrue(() => watcher.presence.isPresent('c1'));
    killed.commands.disconnect();
    await untilTrue(async () => !(await watcher.presence.isPresent('c1')));
    // Nothing is left of it, though nobody enters again.
    await untilTrue(async () => (await redis.admin.exists(keyOf('c1'))) === 0);
    expect(await watcher.presence.isPresent('c1')).toBe(false);
  });

  it('is over when a gateway stops, though it has subscriptions left', async () => {
    const [gateway, watcher] = [open(), open()];
    const leave = gateway.presence.enter('c1');
    await untilTrue(() => watcher.presence.isPresent('c1'));
    gateway.presence.close();
    leave();
    await settled(gateway);
    expect(await watcher.presence.isPresent('c1')).toBe(false);
  });

  it('of its own customers is known to a gateway whose Redis is away', () => {
    const gateway = open();
    gateway.commands.disconnect();
    const leave = gateway.presence.enter('c1');
    expect(gateway.presence.isPresent('c1')).toBe(true);
    leave();
  });
});
