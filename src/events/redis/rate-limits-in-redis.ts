import type { Quota, QuotaUse, RateLimitStore } from '../../domain/rate-limit.js';
import { withTimeout } from '../../domain/with-timeout.js';
import { LogUnavailableError } from '../port/errors.js';
import { hashId } from './keys.js';
import type { Keys } from './keys.js';
import { Script } from './script.js';
import type { Commands } from './script.js';

/**
 * The arithmetic of `useQuota`, by Redis's clock, so that it does not matter whose gateway's clock is wrong. ARGV: count, window (ms). Gives whether it is allowed, how many
 * uses are left, and when there is one again (ms).
 */
const takeScript = new Script<readonly [allowed: number, remaining: number, retryAfterMs: number]>(`#!lua
local count, window, time = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('TIME')
local now, each = time[1] * 1000 + time[2] / 1000, window / count
local used = math.max(0, tonumber(redis.call('GET', KEYS[1]) or 0) - now) + each
local left = window - used + 0.5
if left < 0 then return { 0, 0, math.ceil(-left) } end
redis.call('SET', KEYS[1], string.format('%.3f', now + used), 'PX', math.ceil(used))
return { 1, math.floor(left / each), 0 }
`);

/** Nobody is to wait for being counted: 500 ms, then requests are let through. */
const ANSWER_MS = 500;

/** Counts for all gateways together. */
export class RedisRateLimitStore implements RateLimitStore {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
  ) {}

  async take(key: string, { count, windowMs }: Quota): Promise<QuotaUse> {
    const taken = takeScript.run(this.commands, [this.keys.quota(hashId(key))], count, windowMs);
    const [allowed, remaining, retryAfterMs] = await withTimeout(ANSWER_MS, taken, tooLate);
    return { allowed: allowed === 1, remaining, retryAfterMs };
  }
}

const tooLate = () => new LogUnavailableError('Redis does not count requests in time');
