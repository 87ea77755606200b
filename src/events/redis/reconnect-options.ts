import type { RedisOptions } from 'ioredis';

/** Maximum delay between attempts. */
const MAX_DELAY_MS = 1_000;
const FIRST_DELAY_MS = 50;
/** After this long without a `READONLY` error, Redis counts as healthy again. */
const RESET_AFTER_MS = 30_000;

export const retryAfterMs = (times: number): number => Math.min((FIRST_DELAY_MS / 2) * 2 ** times, MAX_DELAY_MS);

/**
 * Reconnect options for a single Redis. A connection to a server that has become a replica (`READONLY`) is dropped, as its address may
 * lead to another server: immediately the first time, retrying the rejected commands; then after a growing delay, and rejected commands
 * fail with Redis's own message.
 */
export function reconnectOptions(clock: () => number = Date.now) {
  let rejections = 0;
  let lastRejection = -Infinity;
  let isReconnecting = false;
  return {
    reconnectOnError: (error: Error): false | 1 | 2 => {
      if (!error.message.startsWith('READONLY')) return false;
      // Commands in flight together are rejected together: they count as one rejection.
      if (!isReconnecting) rejections = clock() - lastRejection > RESET_AFTER_MS ? 1 : rejections + 1;
      isReconnecting = true;
      lastRejection = clock();
      return rejections === 1 ? 2 : 1;
    },
    retryStrategy: (times: number): number => {
      isReconnecting = false;
      return retryAfterMs(Math.max(times, rejections));
    },
  } satisfies RedisOptions;
}
