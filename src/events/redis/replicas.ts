import { Cluster } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { LogUnavailableError } from '../port/errors.js';
import { KeyedSerialQueue } from './keyed-serial-queue.js';
import { reconnecting } from './reconnecting.js';
import type { Commands } from './script.js';

/** What was written, and is to be known to replicas: a field of a hash. */
export interface ReplicatedWrite {
  readonly key: string;
  readonly field: string;
  /** Null: whatever it is. */
  readonly value: string | null;
}

export interface ReplicasOptions {
  /** A connection for this alone: while Redis waits, it answers nothing else on it. */
  readonly commands: Commands;
  /** How many replicas must have it, 1 or more. */
  readonly count: number;
  /** For how long they are waited for. */
  readonly waitMs: number;
  /** Whether the server can tell that it is on the disks of the replicas (`WAITAOF`), and not only in their memory (`WAIT`). */
  readonly onDisk: boolean;
}

/**
 * KEYS: a hash. ARGV: field, value or nothing. Writes what is there already, so that `WAIT` on this connection covers it and all that was written before it, through whichever
 * connection; 0 where it is not there: the server that took it is not this one, or has lost it.
 */
const WRITE_AGAIN = `#!lua
local value = redis.call('HGET', KEYS[1], ARGV[1])
if not value or (ARGV[2] ~= '' and ARGV[2] ~= value) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], value)
return 1
`;

interface Round {
  readonly written: ReplicatedWrite[];
  readonly held: Promise<ReadonlySet<ReplicatedWrite>>;
}

/** Waits until replicas have what was written. One wait is for all that was written before it. */
export class Replicas {
  readonly #inOrder = new KeyedSerialQueue();
  /** Rounds that have not begun, by what lies on one node. */
  readonly #next = new Map<string, Round>();

  /** Null: none are waited for. */
  constructor(private readonly options: ReplicasOptions | null) {}

  /** How long Redis is waiting for them at most, in milliseconds. */
  get waitMs(): number {
    return this.options?.waitMs ?? 0;
  }

  /** Resolves once enough replicas have it; rejects with `LogUnavailableError` where they do not in time. It stays written then. */
  async awaitReplicas(written: ReplicatedWrite): Promise<void> {
    if (this.options === null) return;
    const { commands, count } = this.options;
    const group = commands instanceof Cluster ? hashTag(written.key) : '';
    const round = this.#next.get(group) ?? this.#begin(group, this.options);
    round.written.push(written);
    if (!(await round.held).has(written)) throw new LogUnavailableError(`Redis: ${count} replicas do not have it in time (LOG_REPLICAS)`);
  }

  /** Resolves when nothing is waited for. */
  idle(): Promise<void> {
    return this.#inOrder.idle();
  }

  close(): void {
    this.options?.commands.disconnect();
  }

  #begin(group: string, options: ReplicasOptions): Round {
    const written: ReplicatedWrite[] = [];
    const held = this.#inOrder.run(group, async () => {
      // What comes in this turn still comes along.
      await Promise.resolve();
      this.#next.delete(group);
      return confirm(options, written);
    });
    const round = { written, held };
    this.#next.set(group, round);
    return round;
  }
}

/**
 * Those of them that enough replicas have. All goes as one pipeline, which a broken connection never splits: a wait without the writes before it would be over at once.
 */
async function confirm(
  { commands, count, waitMs, onDisk }: ReplicasOptions,
  written: readonly ReplicatedWrite[],
): Promise<Set<ReplicatedWrite>> {
  const pipeline = commands.pipeline();
  for (const { key, field, value } of written) pipeline.eval(WRITE_AGAIN, 1, key, field, value ?? '');
  pipeline.call('WAIT', count, waitMs);
  // A replica tells what it has synced when it is asked, else once a second. Asked before it has the writes, as while others go on writing, it would tell of these a second later.
  if (onDisk) pipeline.call('WAITAOF', 1, count, waitMs);
  const replies = (await pipeline.exec()) ?? [];
  const [failure, reached] = replies.at(-1) ?? [];
  if (failure instanceof Error) throw failure;
  if (!isReached(reached, count)) return new Set();
  return new Set(written.filter((_, index) => replies[index]?.[1] === 1));
}

/** Of `WAIT`: how many replicas; of `WAITAOF`: whether the server itself, and how many replicas. */
function isReached(reply: unknown, count: number): boolean {
  const [local, replicas] = Array.isArray(reply) ? (reply as unknown[]) : [1, reply];
  return Number(local) >= 1 && Number(replicas) >= count;
}

const hashTag = (key: string): string => /\{([^}]+)\}/.exec(key)?.[1] ?? key;

/** Opens a connection of its own for waiting. */
export async function openReplicas(commands: Commands, count: number, waitMs: number): Promise<Replicas> {
  if (count === 0) return new Replicas(null);
  const own = duplicated(commands);
  // Told by the commands that fail.
  own.on('error', () => undefined);
  return new Replicas({ commands: own, count, waitMs, onDisk: await canWaitForDisks(commands) });
}

function duplicated(commands: Commands): Commands {
  if (commands instanceof Cluster) return commands.duplicate();
  const { retryStrategy, reconnectOnError } = reconnecting();
  // Connects again to whoever has become the primary, without sending the one command anew by itself.
  const options = { retryStrategy, reconnectOnError: (error: Error) => reconnectOnError(error) !== false };
  return commands.duplicate<Partial<RedisOptions>>(options);
}

/**
 * From Redis 7.2 on, where it writes an append-only file and syncs that at each write. Synced once a second, it would keep every event waiting for a second; never synced, for ever: then
 * it is their memory that counts, as it is with the server itself.
 */
async function canWaitForDisks(commands: Commands): Promise<boolean> {
  try {
    const [known] = (await commands.call('COMMAND', 'INFO', 'waitaof')) as unknown[];
    return Array.isArray(known) && /aof_enabled:1/.test(await commands.info('persistence')) && (await syncsAlways(commands));
  } catch {
    // A managed service may hide it.
    return false;
  }
}

/** True where the settings are hidden: the operator's word is asked for then (`LOG_DECLARED_DURABLE`). */
async function syncsAlways(commands: Commands): Promise<boolean> {
  const [, setting] = (await commands.call('CONFIG', 'GET', 'appendfsync').catch(() => [])) as string[];
  return setting === undefined || setting === 'always';
}
