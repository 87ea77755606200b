import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.js';
import { entryLimit } from '../../domain/entry-limit.js';
import { scopeHash } from '../port/cursor.js';
import { IDEMPOTENCY_TTL_MS } from '../port/idempotency-store.js';
import type { Claim, IdempotentRequest, IdempotencyStore, RequestOutcome } from '../port/idempotency-store.js';
import type { Keys } from './keys.js';
import type { CommandRunner } from './command-runner.js';
import type { Replicas } from './replicas.js';
import { Script } from './script.js';
import type { Commands } from './script.js';

/** Bounds for abandoned attempts: requests, and attempts per request. Beyond them a retry gets an unknown outcome. */
const MAX_ABANDONED_REQUESTS = 1_000;
const MAX_ABANDONED_ATTEMPTS = 16;

/**
 * ARGV: digest of the input, now, lifetime (both ms), this attempt, abandoned attempts. Returns 'claimed', or the input claimed before and
 * its outcome. Sent twice, since a connection broke, it claims once.
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

/** Undoes a claim, unless it is another attempt's. ARGV: the attempt that made it. */
const undoClaimScript = new Script<number>(`#!lua
return redis.call('HGET', KEYS[1], 'try') == ARGV[1] and redis.call('DEL', KEYS[1]) or 0
`);

/** ARGV: outcome. */
const settleScript = new Script<number>(`#!lua
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
return redis.call('HSET', KEYS[1], 'outcome', ARGV[1])
`);

/** Stores requests beside the event log in Redis: one key per request, and per conversation the set of requests to erase with it. */
export class RedisIdempotencyStore implements IdempotencyStore {
  /** By request: attempts that were abandoned without execution. */
  readonly #abandoned = new LRUCache<string, readonly string[]>(entryLimit(MAX_ABANDONED_REQUESTS));

  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly runner: CommandRunner,
    private readonly replicas: Replicas,
  ) {}

  /**
   * If it rejects, nothing may be executed, although the claim may have been written, or be written later: it is undone as soon as
   * possible, and until then a retry at this gateway ignores it. At another gateway the outcome is unknown until then.
   */
  async claim(request: IdempotentRequest): Promise<Claim> {
    const attempt = randomUUID();
    let claiming: Promise<Claim> | null = null;
    try {
      return await this.runner.run(() => (claiming = this.#claim(request, attempt)), this.replicas.waitMs);
    } catch (error) {
      this.#abandon(request.name, attempt, claiming);
      throw error;
    }
  }

  settle(name: string, { outcome, conversationId }: RequestOutcome): Promise<void> {
    return this.runner.run(async () => {
      if (conversationId !== null) await this.#linkToConversation(name, conversationId);
      await settleScript.run(this.commands, [this.keys.request(name)], outcome);
    });
  }

  release(name: string): Promise<void> {
    return this.runner.run(async () => {
      await this.commands.del(this.keys.request(name));
    });
  }

  /** Erases the outcomes of requests about a conversation; that they were executed stays recorded. */
  async erase(conversationId: string): Promise<void> {
    const key = this.keys.requestsOf(scopeHash({ conversationId }));
    const names = await this.commands.smembers(key);
    await Promise.all(names.map((name) => this.commands.hdel(this.keys.request(name), 'outcome')));
    await this.commands.del(key);
  }

  async #claim({ name, input }: IdempotentRequest, attempt: string): Promise<Claim> {
    const key = this.keys.request(name);
    const attempts = this.#abandoned.get(name) ?? [];
    const reply = await claimScript.run(this.commands, [key], input, this.clock(), IDEMPOTENCY_TTL_MS, attempt, ...attempts);
    if (reply === 'claimed') {
      await this.#awaitReplicas(key, input, attempt);
      return 'claimed';
    }
    const [claimedInput, outcome] = reply;
    if (claimedInput !== input) return 'other-input';
    return outcome === null ? 'unknown' : { outcome };
  }

  /** A promoted replica must know that the request may have been executed; its outcome may be lost, and is then unknown. */
  async #awaitReplicas(key: string, input: string, attempt: string): Promise<void> {
    try {
      await this.replicas.awaitReplicas({ key, field: 'input', value: input });
    } catch (error) {
      await this.#undoClaim(key, attempt);
      throw error;
    }
  }

  #abandon(name: string, attempt: string, claiming: Promise<Claim> | null): void {
    if (claiming === null) return;
    this.#abandoned.set(name, [...(this.#abandoned.get(name) ?? []), attempt].slice(-MAX_ABANDONED_ATTEMPTS));
    // Only after it settles is it certain that no write follows.
    const undoClaim = () => this.#undoClaim(this.keys.request(name), attempt);
    claiming.then(undoClaim, undoClaim);
  }

  async #undoClaim(key: string, attempt: string): Promise<void> {
    await undoClaimScript.run(this.commands, [key], attempt).catch(() => undefined);
  }

  async #linkToConversation(name: string, conversationId: string): Promise<void> {
    const key = this.keys.requestsOf(scopeHash({ conversationId }));
    await this.commands.sadd(key, name);
    await this.commands.pexpire(key, IDEMPOTENCY_TTL_MS);
  }
}
