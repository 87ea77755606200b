import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import { DEFAULT_RETRY_HORIZON_MS } from '../../domain/identity-retention.js';
import { LogUnavailableError } from '../port/errors.js';
import type { EventLog } from '../port/event-log.js';
import type { CustomerPresence } from '../port/customer-presence.js';
import type { TypingStore } from '../port/typing-store.js';
import { CommandRunner } from './command-runner.js';
import { connectRedis } from './connection.js';
import { createRedisEventLog } from './create-redis-event-log.js';
import { durabilityWarnings } from './durability.js';
import { LogIdentity } from './log-identity.js';
import { RedisPresence } from './redis-presence.js';
import { RedisRateLimitStore } from './redis-rate-limit-store.js';
import { openReplicas } from './replicas.js';
import { describeTarget } from './redis-url.js';
import type { RedisTarget } from './redis-url.js';
import { RedisTypingStore } from './redis-typing-store.js';
import { RedisUsedTicketStore } from './redis-used-ticket-store.js';

/** Several times what a healthy replica needs. */
const REPLICAS_WAIT_MS = 2_000;
/** Claims outlive events a little: retention runs once an hour. */
const CLAIM_SLACK_MS = 2 * 3_600_000;

export interface RedisLogOptions {
  readonly target: RedisTarget;
  readonly clock: Clock;
  /** How long events are retained, in milliseconds. */
  readonly retentionMs: number;
  /** Prefix of all keys. Default `chat`. */
  readonly prefix?: string;
  /** Number of partitions of a new log; an existing one keeps its number, and another request is rejected. Default 16. */
  readonly partitions?: number | null;
  /** How many live events may be queued for one subscriber. Default 1,024. */
  readonly queueLimit?: number;
  /** Reject a Redis that can lose acknowledged events. */
  readonly requireDurable?: boolean;
  /** The operator declares Redis durable although its settings are hidden. */
  readonly declaredDurable?: boolean;
  /** How long to wait while Redis replies to nobody, in milliseconds. Default 2,000. */
  readonly replyTimeoutMs?: number;
  /** How many replicas must have an acknowledged event. Default 0. */
  readonly replicas?: number;
  /** How long to wait for replicas, in milliseconds. Default 2,000. */
  readonly replicasWaitMs?: number;
  /**
   * The time of storage, in epoch µs, from which retention counts. Default: Redis's own clock, so that no gateway's wrong clock matters.
   */
  readonly storedAt?: () => number;
  /** See `domain/identity-retention.ts`. Default 24 h. */
  readonly retryHorizonMs?: number;
}

/** What gateways share through one Redis. Closing the log closes all of it. */
export interface SharedStores {
  readonly log: EventLog;
  readonly typing: TypingStore;
  readonly rateLimits: RedisRateLimitStore;
  readonly usedTickets: RedisUsedTicketStore;
  /** Knows which customers are there, on any gateway that has opened it. */
  readonly openPresence: () => CustomerPresence;
  /** A secret shared by all gateways, to sign tickets; changes when another log replaces this one. */
  readonly ticketKey: () => Uint8Array;
}

/**
 * Opens the event log in a Redis, or creates it. Any number of gateways may have it open. Rejects with `LogUnavailableError`, whose
 * message is for operators, if Redis cannot be used, holds a log of another format or number of partitions, or is not durable enough.
 */
export async function openRedis(options: RedisLogOptions): Promise<SharedStores> {
  const { target, clock, prefix = 'chat', queueLimit = 1_024, retentionMs, replicas: replicaCount = 0 } = options;
  const connected = await connectRedis(target);
  try {
    const { commands } = connected;
    const durability = { declaredDurable: options.declaredDurable ?? false, replicas: replicaCount };
    const warnings = await durabilityWarnings(commands, durability);
    if (options.requireDurable === true && warnings.length > 0) {
      throw new LogUnavailableError(
        `Redis at ${describeTarget(target)} can lose events, and REQUIRE_DURABLE_LOG=true: ${warnings.join('; ')}`,
      );
    }
    const identity = await LogIdentity.open(commands, prefix, options.partitions ?? null);
    const { keys } = identity;
    const runner = new CommandRunner(options.replyTimeoutMs);
    runner.watch(commands);
    const replicas = await openReplicas(commands, replicaCount, options.replicasWaitMs ?? REPLICAS_WAIT_MS);
    return {
      log: createRedisEventLog({
        connected,
        runner,
        identity,
        clock,
        queueLimit,
        replicas,
        retentionMs: retentionMs + CLAIM_SLACK_MS,
        initialWarnings: warnings,
        checkDurability: () => durabilityWarnings(commands, durability),
        storedAt: options.storedAt ?? null,
        retryHorizonMs: options.retryHorizonMs ?? DEFAULT_RETRY_HORIZON_MS,
      }),
      typing: new RedisTypingStore(commands, keys, runner),
      rateLimits: new RedisRateLimitStore(commands, keys),
      usedTickets: new RedisUsedTicketStore(commands, keys, runner),
      openPresence: () => new RedisPresence(commands, keys, runner, randomUUID()),
      ticketKey: () => identity.ticketKey,
    };
  } catch (error) {
    connected.commands.disconnect();
    if (error instanceof LogUnavailableError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LogUnavailableError(`Redis at ${describeTarget(target)} cannot be used: ${reason}`, { cause: error });
  }
}
