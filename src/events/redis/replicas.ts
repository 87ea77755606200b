import { Cluster } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { LogUnavailableError } from '../port/errors.js';
import { KeyedSerialQueue } from './keyed-serial-queue.js';
import { reconnectOptions } from './reconnect-options.js';
import type { Commands } from './script.js';

/** A write that replicas must have: a field of a hash. */
export interface ReplicatedWrite {
  readonly key: string;
  readonly field: string;
  /** Null for any value. */
  readonly value: string | null;
}

export interface ReplicasOptions {
  /** A dedicated connection: while Redis waits, it replies to nothing else on it. */
  readonly commands: Commands;
  /** How many replicas must have it, 1 or more. */
  readonly count: number;
  /** Maximum wait, in milliseconds. */
  readonly waitMs: number;
  /** Whether to wait for the replicas' disks (`WAITAOF`), not only their memory (`WAIT`). */
  readonly onDisk: boolean;
}

/**
 * KEYS: a hash. ARGV: field, value or empty. Rewrites what is stored, so that `WAIT` on this connection covers it and everything before
 * it, written on any connection. 0 if it is not there: the server that accepted it is another one, or has lost it.
 */
const REWRITE = `#!lua
local value = redis.call('HGET', KEYS[1], ARGV[1])
if not value or (ARGV[2] ~= '' and ARGV[2] ~= value) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], value)
return 1
`;

interface Round {
  readonly written: ReplicatedWrite[];
  readonly confirmed: Promise<ReadonlySet<ReplicatedWrite>>;
}

/** Waits until replicas have what was written. One wait covers all writes before it. */
export class Replicas {
  readonly #queue = new KeyedSerialQueue();
  /** Rounds not started yet, by hash tag in a cluster. */
  readonly #nextRounds = new Map<string, Round>();

  /** Null if replicas are not waited for. */
  constructor(private readonly options: ReplicasOptions | null) {}

  /** How long Redis waits for them at most, in milliseconds. */
  get waitMs(): number {
    return this.options?.waitMs ?? 0;
  }

  /** Resolves once enough replicas have it; rejects with `LogUnavailableError` if they do not in time. The write stays. */
  async awaitReplicas(written: ReplicatedWrite): Promise<void> {
    if (this.options === null) return;
    const { commands, count } = this.options;
    const group = commands instanceof Cluster ? hashTag(written.key) : '';
    const round = this.#nextRounds.get(group) ?? this.#startRound(group, this.options);
    round.written.push(written);
    if (!(await round.confirmed).has(written))
      throw new LogUnavailableError(`Redis: not confirmed by ${count} replicas in time (LOG_REPLICAS)`);
  }

  /** Resolves when no wait is in flight. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  close(): void {
    this.options?.commands.disconnect();
  }

  #startRound(group: string, options: ReplicasOptions): Round {
    const written: ReplicatedWrite[] = [];
    const confirmed = this.#queue.run(group, async () => {
      // Writes of this event-loop tick join the round.
      await Promise.resolve();
      this.#nextRounds.delete(group);
      return confirm(options, written);
    });
    const round = { written, confirmed };
    this.#nextRounds.set(group, round);
    return round;
  }
}

/**
 * The writes that enough replicas have. Sent as one pipeline, which a broken connection never splits: a wait without the writes before it
 * would return immediately.
 */
async function confirm(
  { commands, count, waitMs, onDisk }: ReplicasOptions,
  written: readonly ReplicatedWrite[],
): Promise<Set<ReplicatedWrite>> {
  const pipeline = commands.pipeline();
  for (const { key, field, value } of written) pipeline.eval(REWRITE, 1, key, field, value ?? '');
  pipeline.call('WAIT', count, waitMs);
  // A replica acknowledges what it has synced when asked, else once a second. If asked before it has the writes, while others keep writing,
  // it would acknowledge these a second later; so `WAIT` comes first.
  if (onDisk) pipeline.call('WAITAOF', 1, count, waitMs);
  const replies = (await pipeline.exec()) ?? [];
  const [failure, reached] = replies.at(-1) ?? [];
  if (failure instanceof Error) throw failure;
  if (!hasReached(reached, count)) return new Set();
  return new Set(written.filter((_, index) => replies[index]?.[1] === 1));
}

/** Reply of `WAIT`: number of replicas; of `WAITAOF`: whether the server itself, and number of replicas. */
function hasReached(reply: unknown, count: number): boolean {
  const [local, replicas] = Array.isArray(reply) ? (reply as unknown[]) : [1, reply];
  return Number(local) >= 1 && Number(replicas) >= count;
}

const hashTag = (key: string): string => /\{([^}]+)\}/.exec(key)?.[1] ?? key;

/** Opens a dedicated connection for waiting. */
export async function openReplicas(commands: Commands, count: number, waitMs: number): Promise<Replicas> {
  if (count === 0) return new Replicas(null);
  const own = duplicateConnection(commands);
  // Reported by the commands that fail.
  own.on('error', () => undefined);
  return new Replicas({ commands: own, count, waitMs, onDisk: await supportsWaitAof(commands) });
}

function duplicateConnection(commands: Commands): Commands {
  if (commands instanceof Cluster) return commands.duplicate();
  const { retryStrategy, reconnectOnError } = reconnectOptions();
  // Reconnects to the current primary, without resending the one rejected command on its own.
  const options = { retryStrategy, reconnectOnError: (error: Error) => reconnectOnError(error) !== false };
  return commands.duplicate<Partial<RedisOptions>>(options);
}

/**
 * Supported from Redis 7.2 on, if it writes an append-only file and syncs it on each write. Synced once a second, every event would wait
 * for a second; never synced, forever: then the replicas' memory counts, as with the server itself.
 */
async function supportsWaitAof(commands: Commands): Promise<boolean> {
  try {
    const [known] = (await commands.call('COMMAND', 'INFO', 'waitaof')) as unknown[];
    return Array.isArray(known) && /aof_enabled:1/.test(await commands.info('persistence')) && (await isSyncedOnWrite(commands));
  } catch {
    // A managed service may hide it.
    return false;
  }
}

/** True if the settings are hidden: then the operator has to declare it (`LOG_DECLARED_DURABLE`). */
async function isSyncedOnWrite(commands: Commands): Promise<boolean> {
  const [, setting] = (await commands.call('CONFIG', 'GET', 'appendfsync').catch(() => [])) as string[];
  return setting === undefined || setting === 'always';
}
