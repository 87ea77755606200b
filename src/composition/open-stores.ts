import { randomBytes } from 'node:crypto';
import { UsedTickets } from '../auth/tickets.js';
import type { TicketStore } from '../auth/tickets.js';
import type { Config } from '../config.js';
import type { Clock } from '../domain/clock.js';
import type { RateLimitStore } from '../domain/rate-limit.js';
import { openSqliteLog } from '../events/sqlite/open.js';
import type { EventLog } from '../events/port/event-log.js';
import { LocalPresence } from '../events/port/customer-presence.js';
import type { CustomerPresence } from '../events/port/customer-presence.js';
import { InMemoryTypingStore } from '../events/port/typing-store.js';
import type { TypingStore } from '../events/port/typing-store.js';
import { RateLimitsInMemory } from '../transport/limits/rate-limits-in-memory.js';

/** What a gateway remembers: of itself alone, or shared with others. All of it is over when the log is closed. */
export interface Stores {
  readonly log: EventLog;
  readonly typing: TypingStore;
  readonly rateLimits: RateLimitStore;
  readonly usedTickets: TicketStore;
  /** Knows which customers are there, from when it is called. */
  readonly openPresence: () => CustomerPresence;
  /** What tickets are signed with now. */
  readonly ticketKey: () => Uint8Array;
}

export interface StoresOptions {
  readonly clock: Clock;
  readonly queueLimit?: number | undefined;
}

/** Opens what the settings name. Rejects with `LogUnavailableError`, whose message is for operators. */
export async function openStores(
  { eventLog, eventRetentionMs, retryHorizonMs }: Pick<Config, 'eventLog' | 'eventRetentionMs' | 'retryHorizonMs'>,
  { clock, queueLimit }: StoresOptions,
): Promise<Stores> {
  const limits = { retryHorizonMs, ...(queueLimit === undefined ? {} : { queueLimit }) };
  if ('directory' in eventLog) return createStores(await openSqliteLog({ directory: eventLog.directory, clock, ...limits }), clock);
  // Only where it is wanted: most gateways never load it.
  const { openRedis } = await import('../events/redis/open.js');
  return openRedis({ ...eventLog.redis, clock, retentionMs: eventRetentionMs, ...limits });
}

/** Beside a log of its own, a gateway keeps the rest in memory. */
async function createStores(log: EventLog, clock: Clock): Promise<Stores> {
  const typing = new InMemoryTypingStore(clock);
  await keepUpToDate(typing, log);
  // The key is made anew at each start: tickets do not outlive it, nor need they.
  const key = randomBytes(32);
  return {
    log,
    typing,
    rateLimits: new RateLimitsInMemory(clock),
    usedTickets: new UsedTickets(clock),
    openPresence: () => new LocalPresence(),
    ticketKey: () => key,
  };
}

/** Notes who is typing until the log is closed. */
async function keepUpToDate(board: InMemoryTypingStore, log: EventLog): Promise<void> {
  const subscription = await log.subscribe('all', { types: ['TYPING_CHANGED'] });
  void (async () => {
    for await (const { event } of subscription) if (event.type === 'TYPING_CHANGED') board.note(event);
  })();
}
