import { randomBytes } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import { LogUnavailableError } from '../errors.js';
import type { EventLog } from '../event-log.js';
import { connectRedis } from './connection.js';
import { weaknesses } from './durability.js';
import { Keys } from './keys.js';
import { RedisEventLog } from './redis-event-log.js';
import type { Commands } from './script.js';
import { describeTarget } from './target.js';
import type { RedisTarget } from './target.js';

const FORMAT = '1';
const DEFAULT_PARTITIONS = 16;
/** What is claimed is kept a little longer than what is stored: that is removed once an hour. */
const CLAIM_SLACK_MS = 2 * 3_600_000;

export interface RedisLogOptions {
  readonly target: RedisTarget;
  readonly clock: Clock;
  /** How long events are kept, in milliseconds. */
  readonly retentionMs: number;
  /** What all keys begin with. Default `chat`. */
  readonly prefix?: string;
  /** How many partitions a new log gets; one that is there keeps its number, and is refused where another is asked for. Default 16. */
  readonly partitions?: number | null;
  /** How many live events may wait for one subscriber. Default 1,024. */
  readonly queueLimit?: number;
  /** Refuse a Redis that can lose what was acknowledged. */
  readonly requireDurable?: boolean;
  /** The operator's word that Redis is durable, where it does not tell its settings. */
  readonly declaredDurable?: boolean;
}

/**
 * Opens the event log in a Redis, or makes it. Any number of gateways may have it open. Rejects with `LogUnavailableError`, whose message is for operators, when Redis
 * cannot be used, holds a log of another format or number of partitions, or is too weak.
 */
export async function openRedisLog(options: RedisLogOptions): Promise<EventLog> {
  const { target, clock, prefix = 'chat', queueLimit = 1_024, retentionMs } = options;
  const connected = await connectRedis(target);
  try {
    const notes = await weaknesses(connected.commands, options.declaredDurable ?? false);
    if (options.requireDurable === true && notes.length > 0) {
      throw new LogUnavailableError(
        `Redis at ${describeTarget(target)} can lose events, and REQUIRE_DURABLE_LOG=true: ${notes.join('; ')}`,
      );
    }
    const { epoch, partitions } = await prepare(connected.commands, prefix, options.partitions ?? null);
    const keys = new Keys(prefix, partitions);
    return new RedisEventLog({ connected, keys, epoch, clock, queueLimit, retentionMs: retentionMs + CLAIM_SLACK_MS, notes });
  } catch (error) {
    connected.commands.disconnect();
    if (error instanceof LogUnavailableError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LogUnavailableError(`Redis at ${describeTarget(target)} cannot be used: ${reason}`, { cause: error });
  }
}

/** Makes the log where there is none. Of two gateways that do so at once, one is the first. */
async function prepare(commands: Commands, prefix: string, asked: number | null): Promise<{ epoch: string; partitions: number }> {
  const key = Keys.log(prefix);
  await commands.hsetnx(key, 'partitions', String(asked ?? DEFAULT_PARTITIONS));
  await commands.hsetnx(key, 'epoch', randomBytes(6).toString('base64url'));
  await commands.hsetnx(key, 'format', FORMAT);
  const [format, epoch, partitions] = await commands.hmget(key, 'format', 'epoch', 'partitions');
  if (format !== FORMAT)
    throw new LogUnavailableError(`The event log in Redis has format ${format ?? '?'}; this release knows format ${FORMAT}`);
  const count = Number(partitions);
  if (asked !== null && asked !== count) {
    throw new LogUnavailableError(`The event log in Redis has ${count} partitions, not ${asked}: their number cannot be changed`);
  }
  return { epoch: epoch ?? '', partitions: count };
}
