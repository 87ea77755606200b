import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import { Subscribers } from '../delivery/subscribers.js';
import { cursorExpired } from '../port/cursor.js';
import { Appender } from './appender.js';
import { Channels } from './channels.js';
import type { CommandRunner } from './command-runner.js';
import type { Connected } from './connection.js';
import { EventReads } from './event-reads.js';
import { Heads } from './heads.js';
import { LastSeenPositions } from './last-seen-positions.js';
import type { LogIdentity } from './log-identity.js';
import { LogWatch } from './log-watch.js';
import { MessageIdentities } from './message-identities.js';
import { PageReader } from './page-reader.js';
import { Cursors } from './positions.js';
import { RedisEventLog } from './redis-event-log.js';
import { RedisInbox } from './redis-inbox.js';
import { RedisHealingMarks } from './redis-healing-marks.js';
import { RedisIdempotencyStore } from './redis-idempotency-store.js';
import { RedisSinkStore } from './redis-sink-store.js';
import { Removal } from './removal.js';
import type { Replicas } from './replicas.js';
import { Subscriptions } from './subscriptions.js';
import { TopicReader } from './topic-reader.js';
import { TopicRegistry } from './topic-registry.js';

export interface CreateRedisEventLogOptions {
  readonly connected: Connected;
  readonly runner: CommandRunner;
  readonly identity: LogIdentity;
  readonly clock: Clock;
  /** How many live events may be queued for one subscriber. */
  readonly queueLimit: number;
  /** Minimum lifetime of a claim, in milliseconds: as long as events are retained. */
  readonly retentionMs: number;
  /** Durability warnings at the start, and a check that repeats it. */
  readonly initialWarnings: readonly string[];
  readonly checkDurability: () => Promise<readonly string[]>;
  readonly replicas: Replicas;
  /** The time of storage, in epoch µs. Null means by Redis's own clock. */
  readonly storedAt: (() => number) | null;
  readonly retryHorizonMs: number;
}

/** What reads and what delivers share. */
function createShared({ connected, identity }: CreateRedisEventLogOptions) {
  const { keys } = identity;
  const { commands } = connected;
  const cursors = new Cursors(identity, keys.partitions);
  return {
    cursors,
    channels: new Channels(keys, identity, connected.sharded),
    pages: new PageReader({ commands, keys, identity }),
    heads: new Heads(commands, keys, cursors),
    seen: new LastSeenPositions(),
    subscribers: new Subscribers(),
    sender: randomUUID(),
  };
}

type Shared = ReturnType<typeof createShared>;

function createDelivery(options: CreateRedisEventLogOptions, shared: Shared) {
  const { connected, identity, runner, queueLimit } = options;
  const { cursors, channels, pages, heads, subscribers, sender } = shared;
  const reader = new TopicReader(pages, cursors);
  const topics = new TopicRegistry({
    reader,
    keys: identity.keys,
    connected,
    channels,
    cursors,
    pages,
    subscribers,
    sender,
    findHead: (scope) => runner.run(() => heads.of(scope)),
  });
  return { topics, subscriptions: new Subscriptions({ runner, cursors, heads, topics, reader, subscribers, queueLimit }) };
}

/** Watches for a log that was replaced and for events that were not published to this gateway. */
function createWatch({ connected, identity }: CreateRedisEventLogOptions, { seen }: Shared, topics: TopicRegistry): LogWatch {
  const { commands } = connected;
  const watch = new LogWatch({
    commands,
    identity,
    seen,
    onUnpublished: (partition) => {
      topics.catchUp(partition);
    },
  });
  identity.onReplaced(() => {
    seen.clear();
    topics.failAll(cursorExpired());
  });
  commands.on('ready', () => {
    watch.check().catch(() => undefined);
  });
  return watch;
}

/** Puts the parts of the log together, over connections that are open. */
export function createRedisEventLog(options: CreateRedisEventLogOptions): RedisEventLog {
  const { connected, identity, runner, clock, replicas, storedAt } = options;
  const { keys } = identity;
  const { commands } = connected;
  const shared = createShared(options);
  const identities = new MessageIdentities(commands, keys, clock, replicas, options.retryHorizonMs);
  const appender = new Appender({
    commands,
    keys,
    identity,
    replicas,
    identities,
    claimMs: options.retentionMs,
    channels: shared.channels,
    seen: shared.seen,
    storedAt,
    onReply: () => {
      runner.recordReply();
    },
  });
  const { topics, subscriptions } = createDelivery(options, shared);
  return new RedisEventLog({
    ...options,
    ...shared,
    identities,
    appender,
    topics,
    subscriptions,
    requests: new RedisIdempotencyStore(commands, keys, clock, runner, replicas),
    healing: new RedisHealingMarks(commands, keys, runner),
    removal: new Removal(commands, keys, options.retentionMs),
    sinks: new RedisSinkStore(commands, keys, runner),
    inbox: new RedisInbox({ commands, keys, identity, cursors: shared.cursors, runner, heads: shared.heads }),
    reads: new EventReads(commands, keys, shared.cursors),
    watch: createWatch(options, shared, topics),
  });
}
