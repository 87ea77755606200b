import type { Clock } from '../../domain/clock.js';
import { LogUnavailableError } from '../port/errors.js';
import type { EventLog } from '../port/event-log.js';
import type { TypingStore } from '../port/typing-store.js';
import { CommandRunner } from './command-runner.js';
import { connectRedis } from './connection.js';
import { durabilityWarnings } from './durability.js';
import { Identity } from './log-identity.js';
import { RedisRateLimitStore } from './rate-limits-in-redis.js';
import { RedisEventLog } from './redis-event-log.js';
import { openReplicas } from './replicas.js';
import { describeTarget } from './redis-url.js';
import type { RedisTarget } from './redis-url.js';
import { RedisTypingStore } from './typing-in-redis.js';
import { RedisUsedTicketStore } from './used-tickets-in-redis.js';

/** Several times what a replica takes that is well. */
const REPLICAS_WAIT_MS = 2_000;
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
  /** How long a Redis that answers nobody is waited for, in milliseconds. Default 2,000. */
  readonly answerMs?: number;
  /** How many replicas must have what is acknowledged. Default 0. */
  readonly replicas?: number;
  /** For how long they are waited for, in milliseconds. Default 2,000. */
  readonly replicasWaitMs?: number;
  /** When an event is stored, in epoch µs: it is kept from then on. Default: Redis's own clock, which does not depend on whose gateway's clock is wrong. */
  readonly storedAt?: () => number;
}

/** What gateways share through one Redis. All of it is over when the log is closed. */
export interface SharedStores {
  readonly log: EventLog;
  readonly typing: TypingStore;
  readonly rateLimits: RedisRateLimitStore;
  readonly usedTickets: RedisUsedTicketStore;
  /** A secret that all gateways have, to sign tickets with; another one once another log has replaced this one. */
  readonly ticketKey: () => Uint8Array;
}

/**
 * Opens the event log in a Redis, or makes it. Any number of gateways may have it open. Rejects with `LogUnavailableError`, whose message is for operators, when Redis
 * cannot be used, holds a log of another format or number of partitions, or is too weak.
 */
export async function openRedis(options: RedisLogOptions): Promise<SharedStores> {
  const { target, clock, prefix = 'chat', queueLimit = 1_024, retentionMs, replicas: replicaCount = 0 } = options;
  const connected = await connectRedis(target);
  try {
    const { commands } = connected;
    const durability = { declaredDurable: options.declaredDurable ?? false, replicas: replicaCount };
    const weak = await durabilityWarnings(commands, durability);
    if (options.requireDurable === true && weak.length > 0) {
      throw new LogUnavailableError(`Redis at ${describeTarget(target)} can lose events, and REQUIRE_DURABLE_LOG=true: ${weak.join('; ')}`);
    }
    const identity = await Identity.open(commands, prefix, options.partitions ?? null);
    const { keys } = identity;
    const runner = new CommandRunner(options.answerMs);
    runner.watch(commands);
    const replicas = await openReplicas(commands, replicaCount, options.replicasWaitMs ?? REPLICAS_WAIT_MS);
    return {
      log: new RedisEventLog({
        ...{ connected, runner, identity, clock, queueLimit, replicas, weak, storedAt: options.storedAt ?? null },
        weaknesses: () => durabilityWarnings(commands, durability),
        retentionMs: retentionMs + CLAIM_SLACK_MS,
      }),
      typing: new RedisTypingStore(commands, keys, runner),
      rateLimits: new RedisRateLimitStore(commands, keys),
      usedTickets: new RedisUsedTicketStore(commands, keys, runner),
      ticketKey: () => identity.ticketKey,
    };
  } catch (error) {
    connected.commands.disconnect();
    if (error instanceof LogUnavailableError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LogUnavailableError(`Redis at ${describeTarget(target)} cannot be used: ${reason}`, { cause: error });
  }
}
