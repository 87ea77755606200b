import type { Clock } from '../../domain/clock.js';
import { scopeHash } from '../cursor.js';
import { REQUEST_MEMORY_MS } from '../request-memory.js';
import type { Claim, KeyedRequest, RequestMemory, RequestOutcome } from '../request-memory.js';
import type { Keys } from './keys.js';
import type { Asks } from './asks.js';
import { Script } from './script.js';
import type { Commands } from './script.js';

/** ARGV: digest of the input, now, how long it is remembered (both ms). Gives 'claimed', or the input claimed before and what became of it. */
const claimScript = new Script<'claimed' | readonly [input: string, outcome: string | null]>(`#!lua
local claimed = redis.call('HGET', KEYS[1], 'claimed')
if not claimed or tonumber(claimed) <= tonumber(ARGV[2]) - tonumber(ARGV[3]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'input', ARGV[1], 'claimed', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return 'claimed'
end
return redis.call('HMGET', KEYS[1], 'input', 'outcome')
`);

/** ARGV: outcome. */
const settleScript = new Script<number>(`#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'outcome', ARGV[1])
`);

/** Beside the event log in Redis: each request under a key of its own, and by conversation the names of those to forget with it. */
export class RedisRequestMemory implements RequestMemory {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly asks: Asks,
  ) {}

  claim({ name, input }: KeyedRequest): Promise<Claim> {
    return this.asks.run(async () => {
      const known = await claimScript.runOn(this.commands, this.keys.request(name), input, this.clock(), REQUEST_MEMORY_MS);
      if (known === 'claimed') return 'claimed';
      const [claimedInput, outcome] = known;
      if (claimedInput !== input) return 'other-input';
      return outcome === null ? 'unknown' : { outcome };
    });
  }

  settle(name: string, { outcome, conversationId }: RequestOutcome): Promise<void> {
    return this.asks.run(async () => {
      if (conversationId !== null) await this.#belongs(name, conversationId);
      await settleScript.runOn(this.commands, this.keys.request(name), outcome);
    });
  }

  release(name: string): Promise<void> {
    return this.asks.run(async () => {
      await this.commands.del(this.keys.request(name));
    });
  }

  /** Forgets what became of the requests about a conversation; that they were carried out stays known. */
  async erase(conversationId: string): Promise<void> {
    const key = this.keys.requestsOf(scopeHash({ conversationId }));
    const names = await this.commands.smembers(key);
    await Promise.all(names.map((name) => this.commands.hdel(this.keys.request(name), 'outcome')));
    await this.commands.del(key);
  }

  async #belongs(name: string, conversationId: string): Promise<void> {
    const key = this.keys.requestsOf(scopeHash({ conversationId }));
    await this.commands.sadd(key, name);
    await this.commands.pexpire(key, REQUEST_MEMORY_MS);
  }
}
