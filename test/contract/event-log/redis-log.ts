import { Redis } from 'ioredis';
import { openRedis as openShared } from '../../../src/events/redis/open.js';
import type { RedisLogOptions, SharedStores } from '../../../src/events/redis/open.js';
import { parseRedisUrl } from '../../../src/events/redis/redis-url.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { RedisServer } from '../../support/redis-server.js';
import type { LogUnderTest, OpenLog, OpenOptions } from './harness.js';
import { START } from './sample-events.js';

const HOUR = 3_600_000;
let logsOpened = 0;

/** Opens a log in a Redis, and what is beside it. */
export async function openRedisAt(url: string, options: Partial<RedisLogOptions> = {}, ca: string | null = null): Promise<SharedStores> {
  const target = parseRedisUrl(url);
  if (target === null) throw new Error(`${url} is no address of a Redis`);
  return openShared({ clock: () => START, retentionMs: HOUR, ...options, target: { ...target, ca } });
}

/** A Redis for the tests of the `describe` that this is called in, with a client of it; there once they run. */
export function startedRedis(): { readonly url: string; readonly server: RedisServer; readonly admin: Redis } {
  let server: RedisServer;
  let admin: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.port, '127.0.0.1');
  });
  afterAll(async () => {
    admin.disconnect();
    await server.dispose();
  });
  return {
    get url() {
      return server.url;
    },
    get server() {
      return server;
    },
    get admin() {
      return admin;
    },
  };
}

/** A name for a log that no other test has. */
export const newPrefix = (): string => `test-${(logsOpened += 1)}`;

/** Opens logs in the Redis at an address that is known once the tests run. */
export function redisUnderTest(url: () => string, partitions: number, ca: () => string | null = () => null): OpenLog {
  return async (options: OpenOptions = {}): Promise<LogUnderTest> => {
    const clock = { now: START };
    const logs: EventLog[] = [];
    // Events are in the order in which they are stored, though the clock stands still.
    let stored = 0;
    const openAt = async (prefix: string) => {
      const times = { clock: () => clock.now, storedAt: () => clock.now * 1_000 + (stored += 1) };
      const { log } = await openRedisAt(url(), { ...options, prefix, partitions, ...times }, ca());
      logs.push(log);
      return log;
    };
    const own = newPrefix();
    return {
      log: await openAt(own),
      clock,
      another: () => openAt(newPrefix()),
      reopen: async () => {
        await logs.at(-1)?.close();
        return openAt(own);
      },
      dispose: async () => {
        for (const log of logs) await log.close();
      },
    };
  };
}
