import { CLAIM_MS, LOOKED_AT_MS } from '../../../src/events/port/healing-marks.js';
import type { HealingMarks } from '../../../src/events/port/healing-marks.js';
import { Keys, keyOf } from '../../../src/events/redis/keys.js';
import type { SharedStores } from '../../../src/events/redis/open.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS } from '../../support/redis-server.js';
import { newPrefix, openRedisAt, startedRedis } from './redis-log.js';
import { START } from './sample-events.js';

const SECOND = 1_000;
const at = (seconds: number): Date => new Date(START + seconds * SECOND);

describeWith('redis-server', HOW_TO_GET_REDIS)('the marks of healing of two gateways over one Redis', () => {
  const redis = startedRedis();
  let prefix: string;
  let opened: SharedStores[];
  let one: HealingMarks;
  let other: HealingMarks;
  beforeEach(async () => {
    prefix = newPrefix();
    opened = [await openRedisAt(redis.url, { prefix, partitions: 4 }), await openRedisAt(redis.url, { prefix })];
    [one, other] = opened.map(({ log }) => log.healing) as [HealingMarks, HealingMarks];
  });
  afterEach(async () => {
    for (const { log } of opened) await log.close();
  });
  const keyOfLook = (conversationId: string) => keyOf('hl', new Keys(prefix, 4).conversation({ conversationId }));

  it('give each conversation to one of them', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `c${n}`);
    const claims = await Promise.all(ids.flatMap((id) => [one, other].map((marks) => marks.claim(id, at(0), at(0)))));
    expect(claims.filter((claim) => claim === 'claimed')).toHaveLength(60);
    for (const [index] of ids.entries()) expect(new Set(claims.slice(2 * index, 2 * index + 2))).toEqual(new Set(['claimed', 'busy']));
  });

  it('share what was looked at, and free only what is their own', async () => {
    await one.claim('c1', at(0), at(0));
    await other.release('c1', null);
    expect(await other.claim('c1', at(0), at(0))).toBe('busy');
    await one.release('c1', at(5));
    expect(await other.claim('c1', at(5), at(6))).toBe('done');
    expect(await other.claim('c1', at(6), at(6))).toBe('claimed');
    expect(await one.claim('c1', at(6), at(6))).toBe('busy');
  });

  it('let a claim lapse after two minutes by the clock of Redis, and then do not let its late end free the next one', async () => {
    const [seconds = 0] = (await redis.admin.time()).map(Number);
    await one.claim('c1', at(0), at(0));
    const until = Number(await redis.admin.hget(keyOfLook('c1'), 'until'));
    expect(until - seconds * SECOND).toBeGreaterThanOrEqual(CLAIM_MS);
    expect(until - seconds * SECOND).toBeLessThanOrEqual(CLAIM_MS + 5 * SECOND);
    // Two minutes pass.
    await redis.admin.hset(keyOfLook('c1'), 'until', String(until - CLAIM_MS - 5 * SECOND));
    expect(await other.claim('c1', at(0), at(120))).toBe('claimed');
    await one.release('c1', null);
    expect(await one.claim('c1', at(0), at(121))).toBe('busy');
    // What it has found out counts all the same.
    await one.release('c1', at(1));
    expect(await one.claim('c1', at(1), at(122))).toBe('done');
  });

  it('know that a look is to be repeated, by whoever asks first when it is due', async () => {
    const dueIn = 60 * SECOND;
    await one.claim('c1', at(0), at(0));
    await one.release('c1', null, dueIn);
    // Neither takes it for done before, though the gateway that knows of it may be killed.
    expect(await other.claim('c1', at(0), at(1))).toBe('busy');
    expect(await one.claim('c1', at(0), at(1))).toBe('busy');
    const until = Number(await redis.admin.hget(keyOfLook('c1'), 'until'));
    await redis.admin.hset(keyOfLook('c1'), 'until', String(until - dueIn));
    expect(await other.claim('c1', at(0), at(60))).toBe('claimed');
    expect(await one.claim('c1', at(0), at(60))).toBe('busy');
    await other.release('c1', at(60));
    expect(await one.claim('c1', at(0), at(61))).toBe('done');
  });

  it('keep nothing for longer than a day', async () => {
    await one.claim('c1', at(0), at(0));
    expect(await redis.admin.pttl(keyOfLook('c1'))).toBeGreaterThan(LOOKED_AT_MS - 60 * SECOND);
    await one.release('c1', at(0));
    // Its record was lost meanwhile.
    await other.release('c2', at(0));
    for (const id of ['c1', 'c2']) {
      const left = await redis.admin.pttl(keyOfLook(id));
      expect(left).toBeGreaterThan(LOOKED_AT_MS - 60 * SECOND);
      expect(left).toBeLessThanOrEqual(LOOKED_AT_MS);
    }
  });

  it('know a gap only if neither wrote a heartbeat, and settle it for both', async () => {
    const beat = (marks: HealingMarks, seconds: number) => marks.beat({ now: at(seconds), lastEventAt: null, gapMs: 90 * SECOND });
    await beat(one, 0);
    await beat(other, 60);
    expect(await beat(one, 120)).toBeNull();
    const gap = { from: at(120), to: at(300) };
    expect(await beat(other, 300)).toEqual(gap);
    expect(await beat(one, 301)).toEqual(gap);
    await one.settle(gap);
    expect(await beat(other, 302)).toBeNull();
  });
});
