import { randomUUID } from 'node:crypto';
import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import { cursorExpired, scopeOf } from '../port/cursor.js';
import { LogUnavailableError, reasonOf } from '../port/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import type {
  Appended,
  EventLog,
  NewPendingSend,
  Head,
  LogHealth,
  LogStats,
  MissingFromHistory,
  StoredEvent,
  LogPage,
  LogSubscription,
  ReadRange,
  Scope,
  SubscribeOptions,
} from '../port/event-log.js';
import { assertReadLimit } from '../port/read-limit.js';
import { Subscribers } from '../delivery/subscribers.js';
import { TYPING_TTL_MS } from '../port/typing-store.js';
import { Appender } from './appender.js';
import type { CommandRunner } from './command-runner.js';
import { Channels } from './channels.js';
import type { Connected } from './connection.js';
import { Heads } from './heads.js';
import { EventReads } from './event-reads.js';
import type { LogIdentity } from './log-identity.js';
import { encodeTransient } from './pubsub-message.js';
import { LogWatch } from './log-watch.js';
import { MessageIdentities } from './message-identities.js';
import { PageReader } from './page-reader.js';
import { Cursors, ORIGIN } from './positions.js';
import { Removal } from './removal.js';
import { publishTransientScript } from './scripts/appending.js';
import { RedisIdempotencyStore } from './redis-idempotency-store.js';
import type { Replicas } from './replicas.js';
import { LastSeenPositions } from './last-seen-positions.js';
import { Subscriptions } from './subscriptions.js';
import { TopicReader } from './topic-reader.js';
import { TopicRegistry } from './topic-registry.js';

export interface RedisEventLogOptions {
  readonly connected: Connected;
  readonly runner: CommandRunner;
  readonly identity: LogIdentity;
  readonly clock: Clock;
  readonly queueLimit: number;
  readonly retentionMs: number;
  /** Durability warnings at the start, and a check that repeats it. */
  readonly initialWarnings: readonly string[];
  readonly checkDurability: () => Promise<readonly string[]>;
  readonly replicas: Replicas;
  /** The time of storage, in epoch µs. Null: by Redis's own clock. */
  readonly storedAt: (() => number) | null;
  readonly retryHorizonMs: number;
}

/** The event log of any number of gateways. All state is in Redis, except this gateway's subscribers. */
export class RedisEventLog implements EventLog {
  readonly requests: RedisIdempotencyStore;
  readonly #sender = randomUUID();
  readonly #subscribers = new Subscribers();
  readonly #cursors: Cursors;
  readonly #pages: PageReader;
  readonly #heads: Heads;
  readonly #identities: MessageIdentities;
  readonly #appender: Appender;
  readonly #removal: Removal;
  readonly #topics: TopicRegistry;
  readonly #subscriptions: Subscriptions;
  readonly #reads: EventReads;
  readonly #channels: Channels;
  readonly #seen = new LastSeenPositions();
  readonly #watch: LogWatch;
  readonly #appends = new Set<Promise<Appended>>();
  /** From the latest check. */
  #warnings: readonly string[];
  #closing: Promise<void> | null = null;

  constructor(private readonly options: RedisEventLogOptions) {
    const { identity, connected, clock, replicas } = options;
    const { keys } = identity;
    this.#warnings = options.initialWarnings;
    const { commands } = connected;
    this.requests = new RedisIdempotencyStore(commands, keys, clock, options.runner, replicas);
    this.#cursors = new Cursors(identity, keys.partitions);
    this.#channels = new Channels(keys, identity, connected.sharded);
    this.#pages = new PageReader({ commands, keys, identity });
    this.#heads = new Heads(commands, keys, this.#cursors);
    this.#identities = new MessageIdentities(commands, keys, clock, replicas, options.retryHorizonMs);
    this.#appender = new Appender({
      commands,
      keys,
      identity,
      replicas,
      identities: this.#identities,
      claimMs: options.retentionMs,
      channels: this.#channels,
      seen: this.#seen,
      storedAt: options.storedAt,
      onReply: () => {
        options.runner.recordReply();
      },
    });
    this.#removal = new Removal(commands, keys);
    const reader = new TopicReader(this.#pages, this.#cursors);
    this.#topics = new TopicRegistry({
      reader,
      keys,
      connected,
      channels: this.#channels,
      cursors: this.#cursors,
      pages: this.#pages,
      subscribers: this.#subscribers,
      sender: this.#sender,
      findHead: (scope) => options.runner.run(() => this.#heads.of(scope)),
    });
    this.#subscriptions = new Subscriptions({
      runner: options.runner,
      cursors: this.#cursors,
      heads: this.#heads,
      topics: this.#topics,
      reader,
      subscribers: this.#subscribers,
      queueLimit: options.queueLimit,
    });
    this.#reads = new EventReads(commands, keys, this.#cursors);
    this.#watch = new LogWatch({
      commands,
      identity,
      seen: this.#seen,
      onUnpublished: (partition) => {
        this.#topics.catchUp(partition);
      },
    });
    identity.onReplaced(() => {
      this.#seen.clear();
      this.#topics.failAll(cursorExpired());
    });
    const checkAgain = () => {
      this.#watch.check().catch(() => undefined);
    };
    commands.on('ready', checkAgain);
  }

  append(event: ConversationEvent, echoOf?: string | null, listed?: readonly ListedMessage[]): Promise<Appended> {
    const { runner, replicas } = this.options;
    const scope = scopeOf(event);
    const appended = runner.runInPieces(async (piece) => {
      const stored = await piece(() => this.#appender.append(event, echoOf, listed));
      await piece(() => this.#appender.awaitReplicas(event, stored), replicas.waitMs);
      if (stored.message !== null) this.#topics.publishLocal(scope, stored.message);
      const cursor = await piece(() => this.#toCursor(scope, stored.position));
      return { event: stored.event, cursor, identity: stored.identity, duplicate: stored.message === null };
    });
    this.#appends.add(appended);
    const done = () => this.#appends.delete(appended);
    appended.then(done, done);
    return appended;
  }

  publish(event: ConversationEvent): void {
    const scope = scopeOf(event);
    if (scope !== 'all') this.#subscribers.acceptTransient(scope, event);
    this.#subscribers.acceptTransient('all', event);
    const { identity, connected } = this.options;
    const typing = event.type === 'TYPING_CHANGED' && event.data.typing.length > 0 ? JSON.stringify(event.data.typing) : '';
    const message = encodeTransient(this.#sender, event);
    const args = [typing, TYPING_TTL_MS, message, ...this.#channels.forEvent(scope), this.#channels.publish];
    // Transient events may be lost.
    this.options.runner
      .run(() => publishTransientScript.run(connected.commands, identity.keys.conversation(scope), ...args))
      .catch(() => undefined);
  }

  async read(scope: Scope, range: ReadRange): Promise<LogPage> {
    assertReadLimit(range.limit);
    const after = range.after === undefined ? null : this.#cursors.after(range.after, scope);
    const before = range.before === undefined ? null : this.#cursors.before(range.before, scope);
    const { limit, fromEnd = false, types = null } = range;
    const page = await this.options.runner.run(() => this.#pages.read(scope, { after, before, limit, fromEnd, types }));
    const events = page.entries.map(({ vector, json, identity }) => ({
      event: decodeEvent(json),
      cursor: this.#cursors.encode(scope, vector),
      identity,
    }));
    return { events, hasMore: page.hasMore };
  }

  async hasEvents(conversationId: string): Promise<boolean> {
    return (await this.read({ conversationId }, { limit: 1 })).events.length > 0;
  }

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.options.runner.closed) throw new LogUnavailableError('The event log is closed');
    return this.#subscriptions.start(scope, options);
  }

  head(): Promise<Head> {
    return this.options.runner.run(async () => {
      const head = await this.#heads.head();
      return { cursor: (scope) => this.options.runner.run(() => head.cursor(scope)) };
    });
  }

  origin(scope: Scope): string {
    return this.#cursors.encode(
      scope,
      Array.from({ length: this.#cursors.width(scope) }, () => ORIGIN),
    );
  }

  activeSince(stored: Date): Promise<readonly string[]> {
    return this.options.runner.run(() => this.#reads.activeSince(stored));
  }

  registerPendingSend(expected: NewPendingSend): Promise<string> {
    return this.options.runner.run(() => this.#identities.registerPendingSend(expected), this.options.replicas.waitMs);
  }

  cancelPendingSend(handle: string): Promise<void> {
    return this.options.runner.run(() => this.#identities.cancelPendingSend(handle));
  }

  identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    return this.options.runner.run(() => this.#identities.identifyListedMessages(conversationId, sightings));
  }

  findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    return this.options.runner.run(() => this.#reads.findByIdentity(conversationId, key));
  }

  eventsMissingFromHistory(conversationId: string, stored: Date): Promise<MissingFromHistory> {
    return this.options.runner.run(() => this.#reads.eventsMissingFromHistory(conversationId, stored));
  }

  interactionMetrics(conversationId: string): Promise<Handling> {
    return this.options.runner.run(() => this.#reads.interactionMetrics(conversationId));
  }

  expire(olderThan: Date): Promise<number> {
    return this.options.runner.runWithoutTimeout(() => this.#removal.expire(olderThan, this.options.clock()));
  }

  erase(conversationId: string): Promise<number> {
    return this.options.runner.runWithoutTimeout(async () => {
      await this.requests.erase(conversationId);
      return this.#removal.erase(conversationId);
    });
  }

  async health(): Promise<LogHealth> {
    try {
      const { runner, checkDurability } = this.options;
      // Settings may change, and a promoted replica may have others.
      [, this.#warnings] = await runner.run(() => Promise.all([this.#appender.probe(), checkDurability(), this.#watch.check()]));
      return { ok: true, warnings: [...this.#warnings, ...this.#skipWarnings()] };
    } catch (error) {
      return { ok: false, warnings: [reasonOf(error), ...this.#warnings, ...this.#skipWarnings()] };
    }
  }

  #skipWarnings(): string[] {
    const [lost, dropped] = [this.#pages.lost, this.#topics.dropped];
    return [
      ...(lost === 0 ? [] : [`${lost} stored events were skipped: keys of their conversations were deleted from Redis`]),
      ...(dropped === 0
        ? []
        : [`${dropped} live messages were dropped: they were published by something that is not a gateway of this log`]),
    ];
  }

  stats(): LogStats {
    return this.#subscribers.stats();
  }

  close(): Promise<void> {
    this.options.runner.close();
    this.#watch.close();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Abandoned appends may still be in flight.
    await Promise.allSettled(this.#appends);
    await this.#appender.idle();
    this.#topics.close();
    this.#subscribers.endAll();
    this.options.replicas.close();
    this.options.connected.commands.disconnect();
  }

  /** An event's own cursor. One without a conversation has the heads of all partitions when it was stored. */
  async #toCursor(scope: Scope, position: string): Promise<string> {
    if (scope !== 'all') return this.#cursors.encode(scope, [position]);
    return this.#cursors.encode(scope, (await this.#heads.ofAll()).with(this.options.identity.keys.locate(scope).partition, position));
  }
}
