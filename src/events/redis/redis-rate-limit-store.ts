import type { Quota, QuotaUse, RateLimitStore } from '../../domain/rate-limit.js';
import { withTimeout } from '../../domain/with-timeout.js';
import { LogUnavailableError } from '../port/errors.js';
import { hashId } from './keys.js';
import type { Keys } from './keys.js';
import { Script } from './script.js';
import type { Commands } from './script.js';

/**
 * The arithmetic of `consumeQuota`, by Redis's clock, so that no gateway's wrong clock matters. ARGV: count, window (ms). Returns whether the
 * use is allowed, how many uses are left, and when the next one is possible (ms).
 */
const consumeScript = new Script<readonly [allowed: number, remaining: number, retryAfterMs: number]>(`#!lua
local count, window, time = tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('TIME')
local now, each = time[1] * 1000 + time[2] / 1000, window / count
local used = math.max(0, tonumber(redis.call('GET', KEYS[1]) or 0) - now) + each
local left = window - used + 0.5
if left < 0 then return { 0, 0, math.ceil(-left) } end
redis.call('SET', KEYS[1], string.format('%.3f', now + used), 'PX', math.ceil(used))
return { 1, math.floor(left / each), 0 }
`);

/** Counting must not delay requests: after 500 ms they are allowed. */
const REPLY_TIMEOUT_MS = 500;

/** Rate limits shared by all gateways. */
export class RedisRateLimitStore implements RateLimitStore {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
  ) {}

  async consume(key: string, { count, windowMs }: Quota): Promise<QuotaUse> {
    const reply = consumeScript.run(this.commands, [this.keys.quota(hashId(key))], count, windowMs);
    const [allowed, remaining, retryAfterMs] = await withTimeout(REPLY_TIMEOUT_MS, reply, toTimeoutError);
    return { allowed: allowed === 1, remaining, retryAfterMs };
  }
}

const toTimeoutError = () => new LogUnavailableError('Redis did not count the request in time');
