import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import type { HealingDecision } from '../../domain/healing.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import { scopeOf } from '../port/cursor.js';
import { LogUnavailableError, reasonOf } from '../port/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import type {
  Appended,
  EventLog,
  NewPendingSend,
  HealingOutcome,
  Head,
  LogHealth,
  LogStats,
  MissingFromHistory,
  OverdueMessage,
  OverdueMessages,
  HealingEvent,
  StoredEvent,
  LogPage,
  LogSubscription,
  ReadRange,
  Scope,
  SubscribeOptions,
} from '../port/event-log.js';
import { assertReadLimit } from '../port/read-limit.js';
import type { Subscribers } from '../delivery/subscribers.js';
import { TYPING_TTL_MS } from '../port/typing-store.js';
import type { Inbox } from '../port/inbox.js';
import type { Appender, StoredAppend } from './appender.js';
import type { CommandRunner } from './command-runner.js';
import type { Channels } from './channels.js';
import type { Connected } from './connection.js';
import type { Heads } from './heads.js';
import type { EventReads } from './event-reads.js';
import type { LogIdentity } from './log-identity.js';
import { encodeErasure, encodeTransient } from './pubsub-message.js';
import type { LogWatch } from './log-watch.js';
import type { MessageIdentities } from './message-identities.js';
import type { PageReader } from './page-reader.js';
import { ORIGIN } from './positions.js';
import type { Cursors } from './positions.js';
import type { RedisSinkStore } from './redis-sink-store.js';
import type { Removal } from './removal.js';
import { publishTransientScript } from './scripts/appending.js';
import type { RedisHealingMarks } from './redis-healing-marks.js';
import type { RedisIdempotencyStore } from './redis-idempotency-store.js';
import type { Replicas } from './replicas.js';
import type { Subscriptions } from './subscriptions.js';
import type { TopicRegistry } from './topic-registry.js';

/** The parts of the log, as `createRedisEventLog` puts them together. */
export interface RedisEventLogOptions {
  readonly connected: Pick<Connected, 'commands'>;
  readonly runner: CommandRunner;
  readonly identity: LogIdentity;
  readonly clock: Clock;
  readonly replicas: Replicas;
  readonly requests: RedisIdempotencyStore;
  readonly healing: RedisHealingMarks;
  readonly sinks: RedisSinkStore;
  readonly inbox: Inbox;
  readonly cursors: Cursors;
  readonly pages: PageReader;
  readonly heads: Heads;
  readonly identities: MessageIdentities;
  readonly appender: Appender;
  readonly removal: Removal;
  readonly reads: EventReads;
  readonly channels: Channels;
  readonly topics: TopicRegistry;
  readonly subscriptions: Subscriptions;
  readonly subscribers: Subscribers;
  readonly watch: LogWatch;
  /** Id of this gateway in its transient messages. */
  readonly sender: string;
  /** Durability warnings at the start, and a check that repeats it. */
  readonly initialWarnings: readonly string[];
  readonly checkDurability: () => Promise<readonly string[]>;
}

/** The event log of any number of gateways. All state is in Redis, except this gateway's subscribers. */
export class RedisEventLog implements EventLog {
  readonly requests: RedisIdempotencyStore;
  readonly inbox: Inbox;
  readonly healing: RedisHealingMarks;
  readonly sinks: RedisSinkStore;
  readonly #appends = new Set<Promise<unknown>>();
  /** From the latest check. */
  #warnings: readonly string[];
  #closing: Promise<void> | null = null;

  constructor(private readonly options: RedisEventLogOptions) {
    this.requests = options.requests;
    this.healing = options.healing;
    this.sinks = options.sinks;
    this.inbox = options.inbox;
    this.#warnings = options.initialWarnings;
  }

  append(event: ConversationEvent, echoOf?: string | null, listed?: readonly ListedMessage[]): Promise<Appended> {
    return this.#append<never>(event, () => this.options.appender.append(event, echoOf, listed));
  }

  /** `store` may find that nothing is to be stored. */
  #append<Rejection extends string>(
    event: ConversationEvent,
    store: () => Promise<StoredAppend | Rejection>,
  ): Promise<Appended | Rejection> {
    const { runner, replicas } = this.options;
    const scope = scopeOf(event);
    const appended = runner.runInPieces(async (piece): Promise<Appended | Rejection> => {
      const stored = await piece(store);
      if (typeof stored === 'string') return stored;
      await piece(() => this.options.appender.awaitReplicas(event, stored), replicas.waitMs);
      if (stored.message !== null) this.options.topics.publishLocal(scope, stored.message);
      const cursor = await piece(() => this.#toCursor(scope, stored.position));
      return { event: stored.event, cursor, identity: stored.identity, duplicate: stored.message === null };
    });
    this.#appends.add(appended);
    const done = () => this.#appends.delete(appended);
    appended.then(done, done);
    return appended;
  }

  decideHealing(overdue: OverdueMessages<OverdueMessage>): Promise<readonly HealingDecision[]> {
    return this.options.runner.run(() => this.options.identities.decideHealing(overdue));
  }

  heal(overdue: OverdueMessages<HealingEvent>): readonly Promise<HealingOutcome>[] {
    // Begins with the first of them, unless the log is closed.
    let stored: ReturnType<Appender['heal']> | null = null;
    return overdue.messages.map(({ event }, index) =>
      this.#append(event, () => (stored ??= this.options.appender.heal(overdue))[index] ?? Promise.resolve('SETTLED')),
    );
  }

  erasedAt(conversationId: string): Promise<Date | null> {
    return this.options.runner.run(() => this.options.identities.erasedAt(conversationId));
  }

  publish(event: ConversationEvent): void {
    const scope = scopeOf(event);
    if (scope !== 'all') this.options.subscribers.acceptTransient(scope, event);
    this.options.subscribers.acceptTransient('all', event);
    const typing = event.type === 'TYPING_CHANGED' && event.data.typing.length > 0 ? JSON.stringify(event.data.typing) : '';
    this.#publish(scope, typing, encodeTransient(this.options.sender, event), this.options.channels.forEvent(scope));
  }

  /** Publishes a message that is not stored, and may be lost. */
  #publish(scope: Scope, typing: string, message: string, channels: [conversation: string, all: string]): void {
    const { identity, connected, runner } = this.options;
    const args = [typing, TYPING_TTL_MS, message, ...channels, this.options.channels.publish];
    const publish = () => publishTransientScript.run(connected.commands, identity.keys.conversation(scope), ...args);
    runner.run(publish).catch(() => undefined);
  }

  async read(scope: Scope, range: ReadRange): Promise<LogPage> {
    assertReadLimit(range.limit);
    const after = range.after === undefined ? null : this.options.cursors.after(range.after, scope);
    const before = range.before === undefined ? null : this.options.cursors.before(range.before, scope);
    const { limit, fromEnd = false, types = null, skipRemoved: isContinuation = false } = range;
    const query = { after, before, limit, fromEnd, types, isContinuation };
    const page = await this.options.runner.run(() => this.options.pages.read(scope, query));
    const events = page.entries.map(({ vector, json, identity }) => ({
      event: decodeEvent(json),
      cursor: this.options.cursors.encode(scope, vector),
      identity,
    }));
    return { events, hasMore: page.hasMore };
  }

  async hasEvents(conversationId: string): Promise<boolean> {
    return (await this.read({ conversationId }, { limit: 1 })).events.length > 0;
  }

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.options.runner.closed) throw new LogUnavailableError('The event log is closed');
    return this.options.subscriptions.start(scope, options);
  }

  head(): Promise<Head> {
    return this.options.runner.run(async () => {
      const head = await this.options.heads.head();
      return { cursor: (scope) => this.options.runner.run(() => head.cursor(scope)) };
    });
  }

  origin(scope: Scope): string {
    return this.options.cursors.encode(
      scope,
      Array.from({ length: this.options.cursors.width(scope) }, () => ORIGIN),
    );
  }

  activeSince(stored: Date): Promise<readonly string[]> {
    return this.options.runner.runInPieces((piece) => this.options.reads.activeSince(stored, piece));
  }

  registerPendingSend(expected: NewPendingSend): Promise<string> {
    return this.options.runner.run(() => this.options.identities.registerPendingSend(expected), this.options.replicas.waitMs);
  }

  cancelPendingSend(handle: string): Promise<void> {
    return this.options.runner.run(() => this.options.identities.cancelPendingSend(handle));
  }

  identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    return this.options.runner.run(() => this.options.identities.identifyListedMessages(conversationId, sightings));
  }

  findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    return this.options.runner.run(() => this.options.reads.findByIdentity(conversationId, key));
  }

  eventsMissingFromHistory(conversationId: string, stored: Date): Promise<MissingFromHistory> {
    return this.options.runner.run(() => this.options.reads.eventsMissingFromHistory(conversationId, stored));
  }

  interactionMetrics(conversationId: string): Promise<Handling> {
    return this.options.runner.run(() => this.options.reads.interactionMetrics(conversationId));
  }

  expire(olderThan: Date): Promise<number> {
    return this.options.runner.runWithoutTimeout(() => this.options.removal.expire(olderThan, this.options.clock()));
  }

  async erase(conversationId: string): Promise<number> {
    const removed = await this.options.runner.runWithoutTimeout(async () => {
      await this.requests.erase(conversationId);
      await this.sinks.erase(conversationId);
      return this.options.removal.erase(conversationId, this.options.clock());
    });
    this.options.subscribers.acceptErasure(conversationId);
    const [, ofAll] = this.options.channels.forEvent({ conversationId });
    this.#publish({ conversationId }, '', encodeErasure(this.options.sender, conversationId), ['', ofAll]);
    return removed;
  }

  async health(): Promise<LogHealth> {
    try {
      const { runner, checkDurability } = this.options;
      // Settings may change, and a promoted replica may have others.
      [, this.#warnings] = await runner.run(() =>
        Promise.all([this.options.appender.probe(), checkDurability(), this.options.watch.check()]),
      );
      return { ok: true, warnings: [...this.#warnings, ...this.#skipWarnings()] };
    } catch (error) {
      return { ok: false, warnings: [reasonOf(error), ...this.#warnings, ...this.#skipWarnings()] };
    }
  }

  #skipWarnings(): string[] {
    const [lost, dropped] = [this.options.pages.lost, this.options.topics.dropped];
    return [
      ...(lost === 0 ? [] : [`${lost} stored events were skipped: keys of their conversations were deleted from Redis`]),
      ...(dropped === 0
        ? []
        : [`${dropped} live messages were dropped: they were published by something that is not a gateway of this log`]),
    ];
  }

  followed(): readonly string[] {
    return this.options.subscribers.conversations();
  }

  stats(): LogStats {
    return this.options.subscribers.stats();
  }

  close(): Promise<void> {
    this.options.runner.close();
    this.options.watch.close();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Abandoned appends may still be in flight.
    await Promise.allSettled(this.#appends);
    await this.options.appender.idle();
    this.options.topics.close();
    this.options.subscribers.endAll();
    this.options.replicas.close();
    this.options.connected.commands.disconnect();
  }

  /** An event's own cursor. One without a conversation has the heads of all partitions when it was stored. */
  async #toCursor(scope: Scope, position: string): Promise<string> {
    if (scope !== 'all') return this.options.cursors.encode(scope, [position]);
    return this.options.cursors.encode(
      scope,
      (await this.options.heads.ofAll()).vector.with(this.options.identity.keys.locate(scope).partition, position),
    );
  }
}
