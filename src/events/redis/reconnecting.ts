import type { RedisOptions } from 'ioredis';

/** The longest that a next attempt is waited for. */
const LONGEST_MS = 1_000;
const FIRST_MS = 50;
/** A Redis that has taken writes for so long is well again. */
const FORGIVEN_MS = 30_000;

export const retryAfterMs = (times: number): number => Math.min((FIRST_MS / 2) * 2 ** times, LONGEST_MS);

/**
 * How a connection to a single Redis is made again. One that has become a replica (`READONLY`) is left, as another may be found under its address: at once the first time, with the
 * commands that it refused; then after a growing delay, and what it refuses fails with its own words.
 */
export function reconnecting(clock: () => number = Date.now) {
  let refusals = 0;
  let lastRefusal = -Infinity;
  let isLeaving = false;
  return {
    reconnectOnError: (error: Error): false | 1 | 2 => {
      if (!error.message.startsWith('READONLY')) return false;
      // Commands that were under way together are refused together: one refusal of the connection.
      if (!isLeaving) refusals = clock() - lastRefusal > FORGIVEN_MS ? 1 : refusals + 1;
      isLeaving = true;
      lastRefusal = clock();
      return refusals === 1 ? 2 : 1;
    },
    retryStrategy: (times: number): number => {
      isLeaving = false;
      return retryAfterMs(Math.max(times, refusals));
    },
  } satisfies RedisOptions;
}
