import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { describeWith } from '../../support/needs.js';
import { HOW_TO_GET_REDIS, RedisServer } from '../../support/redis-server.js';
import { untilTrue } from '../../support/until.js';
import { Choices } from './inbox.js';
import { newStore, RandomOperations, readWhole } from './random-inbox.js';
import { openRedisAt } from './redis-log.js';
import { START } from './sample-events.js';

/** Rounds of operations in parallel, each with a disturbance. More with `INBOX_ROUNDS=1000`. */
const ROUNDS = Number(process.env['INBOX_ROUNDS'] ?? 14);
const SEED = Number(process.env['INBOX_SEED'] ?? 1);
const OPERATIONS = 30;
const GATEWAYS = 3;
const RETENTION_MS = 3_600_000;

/** What may happen to a Redis. */
const DISTURBANCES = {
  nothing: () => Promise.resolve(),
  'it is killed and started again': async (redis: RedisServer) => {
    await redis.kill();
    await redis.restart();
  },
  'it is started again without its file': async (redis: RedisServer) => {
    await redis.kill();
    await rm(join(redis.directory, 'appendonlydir'), { recursive: true });
    await redis.restart();
  },
  'it is started again with an older copy of its file': async (redis: RedisServer) => {
    const [files, copy] = ['appendonlydir', 'copy'].map((name) => join(redis.directory, name)) as [string, string];
    await cp(files, copy, { recursive: true });
    await pause(20);
    await redis.kill();
    await rm(files, { recursive: true });
    await cp(copy, files, { recursive: true });
    await rm(copy, { recursive: true });
    await redis.restart();
  },
  'it is emptied': (redis: RedisServer) => command(redis, (client) => client.flushall()),
  'it has no memory left for a while': async (redis: RedisServer) => {
    await command(redis, (client) => client.config('SET', 'maxmemory', '1'));
    await pause(20);
    await command(redis, (client) => client.config('SET', 'maxmemory', '0'));
  },
  'it stands still for a while': async (redis: RedisServer) => {
    redis.pause();
    await pause(200);
    redis.resume();
  },
  'its scripts are forgotten': (redis: RedisServer) => command(redis, (client) => client.script('FLUSH')),
} satisfies Record<string, (redis: RedisServer) => Promise<unknown>>;

async function command(redis: RedisServer, run: (client: Redis) => Promise<unknown>): Promise<void> {
  const client = new Redis(redis.url);
  await run(client);
  client.disconnect();
}

const isUsable = async (log: EventLog) => (await log.health()).ok;

describeWith('redis-server', HOW_TO_GET_REDIS)('the inbox of several gateways', () => {
  it(
    `is that of a gateway that has just been started, whatever happens to Redis meanwhile (${ROUNDS} rounds, seed ${SEED})`,
    async () => {
      const redis = await RedisServer.start();
      const clock = { now: START };
      const open = async () => (await openRedisAt(redis.url, { clock: () => clock.now, retentionMs: RETENTION_MS, partitions: 4 })).log;
      const logs: EventLog[] = [];
      for (let number = 0; number < GATEWAYS; number += 1) logs.push(await open());
      const [random, operations] = [new Choices(SEED), new RandomOperations(SEED, [newStore(logs)], clock)];
      const names = Object.keys(DISTURBANCES) as (keyof typeof DISTURBANCES)[];
      const happened: string[] = [];
      try {
        for (let round = 0; round < ROUNDS; round += 1) {
          const name = round < names.length ? (names[round] ?? 'nothing') : random.pick(names);
          happened.push(name);
          const running: Promise<unknown>[] = [];
          const run = async (count: number) => {
            for (let number = 0; number < count; number += 1) {
              // What fails because of the disturbance is not what this is about.
              running.push(
                operations.next().catch(() => undefined),
                operations.readPage().catch(() => undefined),
              );
              await pause(random.below(3));
            }
          };
          await Promise.all([run(OPERATIONS), pause(random.below(30)).then(() => DISTURBANCES[name](redis))]);
          await Promise.all(running);
          await untilTrue(async () => (await Promise.all(logs.map(isUsable))).every(Boolean));
          const fresh = await open();
          // Whose log it is that was made anew, they know by now.
          for (const log of logs) expect(await isUsable(log)).toBe(true);
          for (let times = 0; times < 5; times += 1) {
            const query = operations.query();
            const expected = await readWhole(fresh, query);
            for (const log of logs) expect(await readWhole(log, query)).toEqual(expected);
          }
          await fresh.close();
        }
      } catch (error) {
        if (error instanceof Error) error.message += `\nAfter: ${happened.join('\n')}`;
        throw error;
      } finally {
        for (const log of logs) await log.close();
        await redis.dispose();
      }
    },
    30_000 + 5_000 * ROUNDS,
  );
});
