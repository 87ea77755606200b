import { randomUUID } from 'node:crypto';
import { CLAIM_MS, LOOKED_AT_MS } from '../port/healing-marks.js';
import type { HealingMarks, Heartbeat, LogGap, LookClaim } from '../port/healing-marks.js';
import type { CommandRunner } from './command-runner.js';
import { keyOf } from './keys.js';
import type { Keys } from './keys.js';
import { Script } from './script.js';
import type { Commands } from './script.js';

/**
 * KEYS: the record of the log. ARGV: now, when the newest event was received or 0, how long a gap is at least (all ms). Returns the gap that
 * is not looked into completely, or nothing. Without a record there is no log to heal.
 */
const beatScript = new Script<readonly [] | readonly [from: string, to: string]>(`#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
local alive, from, to = unpack(redis.call('HMGET', KEYS[1], 'alive', 'gapFrom', 'gapTo'))
local now, last = tonumber(ARGV[1]), math.max(tonumber(alive or 0), tonumber(ARGV[2]))
if last > 0 and now - last > tonumber(ARGV[3]) then
  from, to = from or string.format('%.0f', last), ARGV[1]
  redis.call('HSET', KEYS[1], 'gapFrom', from, 'gapTo', to)
end
if now > tonumber(alive or 0) then redis.call('HSET', KEYS[1], 'alive', ARGV[1]) end
return from and to and { from, to } or {}
`);

/** KEYS: the record of the log. ARGV: the end of the gap. */
const settleScript = new Script<number>(`#!lua
if redis.call('HGET', KEYS[1], 'gapTo') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], 'gapFrom', 'gapTo')
`);

/** Redis's own time (epoch ms): claims of all gateways lapse by one clock. */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** KEYS: the look. ARGV: a look that began earlier is not enough (ms), who claims, how long a claim lasts and how long all is kept (ms). */
const claimScript = new Script<LookClaim>(`#!lua
local by, at = unpack(redis.call('HMGET', KEYS[1], 'by', 'at'))
if at and tonumber(at) >= tonumber(ARGV[1]) then return 'done' end
${NOW}
if by and tonumber(redis.call('HGET', KEYS[1], 'until')) > now then return 'busy' end
redis.call('HSET', KEYS[1], 'by', ARGV[2], 'until', string.format('%.0f', now + ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 'claimed'
`);

/** KEYS: the look. ARGV: who claimed, when the look began (ms) or empty, in how long it is repeated or 0, how long all is kept (ms). */
const releaseScript = new Script<number>(`#!lua
local by, at = unpack(redis.call('HMGET', KEYS[1], 'by', 'at'))
${NOW}
if ARGV[2] ~= '' and (not at or tonumber(at) < tonumber(ARGV[2])) then redis.call('HSET', KEYS[1], 'at', ARGV[2]) end
if by == ARGV[1] and ARGV[3] == '0' then redis.call('HDEL', KEYS[1], 'by', 'until') end
if by == ARGV[1] and ARGV[3] ~= '0' then
  redis.call('HSET', KEYS[1], 'by', 'nobody', 'until', string.format('%.0f', now + ARGV[3]))
end
return redis.call('PEXPIRE', KEYS[1], ARGV[4])
`);

/** The marks of all gateways over one Redis. */
export class RedisHealingMarks implements HealingMarks {
  readonly #gateway = randomUUID();

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly runner: CommandRunner,
  ) {}

  beat({ now, lastEventAt, gapMs }: Heartbeat): Promise<LogGap | null> {
    return this.runner.run(async () => {
      const [from, to] = await beatScript.run(this.commands, [this.keys.record], now.getTime(), lastEventAt?.getTime() ?? 0, gapMs);
      return from === undefined || to === undefined ? null : { from: new Date(Number(from)), to: new Date(Number(to)) };
    });
  }

  settle({ to }: LogGap): Promise<void> {
    return this.runner.run(async () => {
      await settleScript.run(this.commands, [this.keys.record], to.getTime());
    });
  }

  claim(conversationId: string, since: Date): Promise<LookClaim> {
    return this.runner.run(() =>
      claimScript.run(this.commands, [this.#key(conversationId)], since.getTime(), this.#gateway, CLAIM_MS, LOOKED_AT_MS),
    );
  }

  release(conversationId: string, lookedAt: Date | null, repeatedInMs = 0): Promise<void> {
    return this.runner.run(async () => {
      const key = this.#key(conversationId);
      await releaseScript.run(this.commands, [key], this.#gateway, lookedAt?.getTime() ?? '', repeatedInMs, LOOKED_AT_MS);
    });
  }

  #key(conversationId: string): string {
    return keyOf('hl', this.keys.conversation({ conversationId }));
  }
}
