import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.js';
import { scopeHash } from '../port/cursor.js';
import { IDEMPOTENCY_TTL_MS } from '../port/idempotency-store.js';
import type { Claim, IdempotentRequest, IdempotencyStore, RequestOutcome } from '../port/idempotency-store.js';
import type { Keys } from './keys.js';
import type { CommandRunner } from './command-runner.js';
import type { Replicas } from './replicas.js';
import { Script } from './script.js';
import type { Commands } from './script.js';

/** How many requests' given-up tries are remembered, and how many of each: who runner so often is told that the outcome is not known. */
const MAX_GIVEN_UP = 1_000;
const MAX_TRIES = 16;

/**
 * ARGV: digest of the input, now, how long it is remembered (both ms), this try, tries that were given up. Gives 'claimed', or the input claimed before and what became of
 * it. Sent twice, since a connection broke, it claims once.
 */
const claimScript = new Script<'claimed' | readonly [input: string, outcome: string | null]>(`#!lua
local claimed, try = unpack(redis.call('HMGET', KEYS[1], 'claimed', 'try'))
if claimed and try == ARGV[4] then return 'claimed' end
local isFree = not claimed or tonumber(claimed) <= tonumber(ARGV[2]) - tonumber(ARGV[3])
for index = 5, #ARGV do isFree = isFree or try == ARGV[index] end
if isFree then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'input', ARGV[1], 'claimed', ARGV[2], 'try', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return 'claimed'
end
return redis.call('HMGET', KEYS[1], 'input', 'outcome')
`);

/** Takes a claim back, unless it is another's. ARGV: the try that made it. */
const undoClaimScript = new Script<number>(`#!lua
return redis.call('HGET', KEYS[1], 'try') == ARGV[1] and redis.call('DEL', KEYS[1]) or 0
`);

/** ARGV: outcome. */
const settleScript = new Script<number>(`#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'outcome', ARGV[1])
`);

/** Beside the event log in Redis: each request under a key of its own, and by conversation the names of those to forget with it. */
export class RedisIdempotencyStore implements IdempotencyStore {
  /** By request: tries after which nothing was carried out. */
  readonly #givenUp = new LRUCache<string, readonly string[]>({ max: MAX_GIVEN_UP });

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly runner: CommandRunner,
    private readonly replicas: Replicas,
  ) {}

  /**
   * Where it rejects, nothing is carried out, though the claim may have been written, or be written yet: it is taken back then, and while that cannot be done, it counts for
   * nothing where it comes again to this gateway. Another one tells it as unknown until then.
   */
  async claim(request: IdempotentRequest): Promise<Claim> {
    const attempt = randomUUID();
    let claiming: Promise<Claim> | null = null;
    try {
      return await this.runner.run(() => (claiming = this.#claim(request, attempt)), this.replicas.waitMs);
    } catch (error) {
      this.#giveUp(request.name, attempt, claiming);
      throw error;
    }
  }

  settle(name: string, { outcome, conversationId }: RequestOutcome): Promise<void> {
    return this.runner.run(async () => {
      if (conversationId !== null) await this.#belongs(name, conversationId);
      await settleScript.run(this.commands, [this.keys.request(name)], outcome);
    });
  }

  release(name: string): Promise<void> {
    return this.runner.run(async () => {
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

  async #claim({ name, input }: IdempotentRequest, attempt: string): Promise<Claim> {
    const key = this.keys.request(name);
    const tries = this.#givenUp.get(name) ?? [];
    const known = await claimScript.run(this.commands, [key], input, this.clock(), IDEMPOTENCY_TTL_MS, attempt, ...tries);
    if (known === 'claimed') {
      await this.#hold(key, input, attempt);
      return 'claimed';
    }
    const [claimedInput, outcome] = known;
    if (claimedInput !== input) return 'other-input';
    return outcome === null ? 'unknown' : { outcome };
  }

  /** A replica that is promoted must know that the request may have been carried out; what became of it may be lost: it is told as unknown then. */
  async #hold(key: string, input: string, attempt: string): Promise<void> {
    try {
      await this.replicas.awaitReplicas({ key, field: 'input', value: input });
    } catch (error) {
      await this.#takeBack(key, attempt);
      throw error;
    }
  }

  #giveUp(name: string, attempt: string, claiming: Promise<Claim> | null): void {
    if (claiming === null) return;
    this.#givenUp.set(name, [...(this.#givenUp.get(name) ?? []), attempt].slice(-MAX_TRIES));
    // Only then it is known that it is not written any more.
    const takeBack = () => this.#takeBack(this.keys.request(name), attempt);
    claiming.then(takeBack, takeBack);
  }

  async #takeBack(key: string, attempt: string): Promise<void> {
    await undoClaimScript.run(this.commands, [key], attempt).catch(() => undefined);
  }

  async #belongs(name: string, conversationId: string): Promise<void> {
    const key = this.keys.requestsOf(scopeHash({ conversationId }));
    await this.commands.sadd(key, name);
    await this.commands.pexpire(key, IDEMPOTENCY_TTL_MS);
  }
}
