import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import type { HealingDecision, HealingRejection } from '../../domain/healing.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import { scopeOf } from '../port/cursor.js';
import { LogUnavailableError, reasonOf } from '../port/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import type { EventLog, NewPendingSend, Head, LogHealth, LogStats, MissingFromHistory, Scope } from '../port/event-log.js';
import type { LogPage, ReadRange } from '../port/log-page.js';
import type { LogSubscription, SubscribeOptions } from '../port/log-subscription.js';
import type { HealingOutcome, OverdueMessage, OverdueMessages, HealingEvent } from '../port/overdue-messages.js';
import type { Appended, StoredEvent } from '../port/stored-event.js';
import { CatchUpSubscription } from '../delivery/catch-up-subscription.js';
import type { Callbacks, ReplayPage } from '../delivery/catch-up-subscription.js';
import { assertReadLimit } from '../port/read-limit.js';
import type { HeadCache } from '../delivery/head-cache.js';
import type { Subscribers } from '../delivery/subscribers.js';
import type { HoldServer } from './backup/hold-server.js';
import { eraseConversation, expireEvents } from './expiry.js';
import { toNewEvent } from './new-event.js';
import { toStoredEvent, toUnlistedMessage } from './to-stored-event.js';
import { toSerialized } from './worker-protocol.js';
import type { AppendedEvent, OperationResult, PageQuery, ReceivedPosition } from './worker-protocol.js';
import type { StoredConversations } from './stored-conversations.js';
import type { CursorCodec } from './cursor-codec.js';
import type { ReplayPageCache } from './replay-page-cache.js';
import type { CoalescedPageReads } from './coalesced-page-reads.js';
import type { SqliteInbox } from './sqlite-inbox.js';
import type { StoreClient } from './store-client.js';

/** Stored events that a subscription reads per page. */
const SUBSCRIPTION_PAGE = 200;

/** The parts of the log, as `createSqliteEventLog` puts them together. */
export interface SqliteEventLogOptions extends Pick<EventLog, 'requests' | 'sinks' | 'healing'> {
  readonly store: StoreClient;
  readonly inbox: SqliteInbox;
  readonly subscribers: Subscribers;
  readonly heads: HeadCache;
  readonly cursors: CursorCodec;
  readonly recentPages: ReplayPageCache;
  readonly pages: CoalescedPageReads;
  readonly conversations: StoredConversations;
  readonly clock: Clock;
  /** How many live events may be queued for one subscriber. */
  readonly queueLimit: number;
  readonly holds: Pick<HoldServer, 'close'>;
  readonly retryHorizonMs: number;
}

/** The event log of a single gateway. Events are in SQLite, in a worker thread; heads and subscribers are in memory. */
export class SqliteEventLog implements EventLog {
  readonly requests: EventLog['requests'];
  readonly sinks: EventLog['sinks'];
  readonly inbox: EventLog['inbox'];
  readonly healing: EventLog['healing'];

  constructor(private readonly options: SqliteEventLogOptions) {
    ({ requests: this.requests, sinks: this.sinks, inbox: this.inbox, healing: this.healing } = options);
  }

  append(event: ConversationEvent, echoOf?: string | null, listed?: readonly ListedMessage[]): Promise<Appended> {
    if (event.conversationId !== null) this.options.conversations.add(event.conversationId);
    return new Promise((resolve, reject) => {
      this.options.store.call('append', toNewEvent(event, echoOf, listed), {
        resolve: (stored) => {
          resolve(this.#toAppended(event, stored));
        },
        reject,
      });
    });
  }

  decideHealing({ conversationId, since, messages }: OverdueMessages<OverdueMessage>): Promise<readonly HealingDecision[]> {
    const times = messages.map(({ createdAt }) => createdAt.getTime());
    const listedIds = messages.map(({ listedId }) => listedId);
    const [from, to] = [Math.min(...times), Math.max(...times)];
    return this.options.store.ask('decideHealing', { conversationId, since: since?.getTime() ?? null, listedIds, from, to });
  }

  heal({ conversationId, since, messages }: OverdueMessages<HealingEvent>): readonly Promise<HealingOutcome>[] {
    const healed = new Promise<readonly HealingOutcome[]>((resolve, reject) => {
      const input = messages.map(({ listedId, event }) => ({ listedId, event: toNewEvent(event) }));
      this.options.store.call(
        'heal',
        { conversationId, since: since?.getTime() ?? null, messages: input },
        {
          resolve: (outcomes) => resolve(messages.map(({ event }, index) => this.#toHealed(event, outcomes[index] ?? 'SETTLED'))),
          reject,
        },
      );
    });
    return messages.map(async (_message, index) => (await healed)[index] ?? 'SETTLED');
  }

  #toHealed(event: ConversationEvent, outcome: AppendedEvent | HealingRejection): HealingOutcome {
    return typeof outcome === 'string' ? outcome : this.#toAppended(event, outcome);
  }

  async erasedAt(conversationId: string): Promise<Date | null> {
    const at = await this.options.store.ask('erasedAt', { conversationId });
    return at === null ? null : new Date(at);
  }

  publish(event: ConversationEvent): void {
    if (event.conversationId !== null) this.options.subscribers.acceptTransient({ conversationId: event.conversationId }, event);
    this.options.subscribers.acceptTransient('all', event);
  }

  async read(scope: Scope, range: ReadRange): Promise<LogPage> {
    assertReadLimit(range.limit);
    // A cursor may have expired nevertheless.
    if (
      scope !== 'all' &&
      range.after === undefined &&
      range.before === undefined &&
      !this.options.conversations.mayInclude(scope.conversationId)
    ) {
      return { events: [], hasMore: false };
    }
    const { events, hasMore } = await this.options.store.ask('readPage', {
      scope,
      after: range.after === undefined ? null : this.options.cursors.after(range.after, scope),
      before: range.before === undefined ? null : this.options.cursors.before(range.before, scope),
      limit: range.limit,
      fromEnd: range.fromEnd ?? false,
      types: range.types ?? null,
      ...(range.skipRemoved === true ? { skipRemoved: true } : {}),
    });
    return { events: events.map((event) => toStoredEvent(event, this.options.cursors, scope)), hasMore };
  }

  /** Thousands of clients that reconnect together ask this too: they share one read, as with pages. */
  hasEvents(conversationId: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.options.pages.read(
        { scope: { conversationId }, after: null, before: null, limit: 1, fromEnd: false, types: null },
        { resolve: ({ deliveries }) => resolve(deliveries.length > 0), reject },
      );
    });
  }

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.options.store.isClosed) throw new LogUnavailableError('The event log is closed');
    const subscription: CatchUpSubscription = new CatchUpSubscription({
      cursor: options.after ?? this.options.cursors.end(scope, this.options.heads.logHead),
      types: options.types ?? null,
      shard: options.shard,
      queueLimit: this.options.queueLimit,
      readPage: (after, callbacks) => {
        this.#readPage(scope, after, options.types ?? null, callbacks);
      },
      onOverflow: options.onOverflow,
      onErased: options.onErased,
      onEnd: () => {
        this.options.subscribers.remove(scope, subscription);
      },
    });
    this.options.subscribers.add(scope, subscription);
    if (options.after !== undefined) await subscription.start();
    return subscription;
  }

  head(): Promise<Head> {
    const moment = this.options.heads.logHead;
    return Promise.resolve({ cursor: (scope) => Promise.resolve(this.options.cursors.end(scope, moment)) });
  }

  origin(scope: Scope): string {
    return this.options.cursors.cursor(scope, 0);
  }

  async activeSince(received: Date): Promise<readonly string[]> {
    const found = new Set<string>();
    let from: ReceivedPosition | null = { received: received.getTime(), seq: 0 };
    while (from !== null) {
      const { conversationIds, next }: OperationResult<'activeSince'> = await this.options.store.askInBackground('activeSince', { from });
      for (const conversationId of conversationIds) found.add(conversationId);
      from = next;
    }
    return [...found];
  }

  registerPendingSend({ conversationId, digest, clientMessageId, sentAt }: NewPendingSend): Promise<string> {
    return this.options.store.ask('registerPendingSend', { conversationId, digest, clientMessageId, sentAt });
  }

  async cancelPendingSend(handle: string): Promise<void> {
    await this.options.store.ask('cancelPendingSend', { handle });
  }

  async identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    const { clock, retryHorizonMs, store, recentPages, conversations } = this.options;
    const input = { conversationId, sightings: sightings.map(toSerialized), now: clock(), retryHorizonMs };
    const { identities, isChanged } = await store.ask('identifyListedMessages', input);
    // Cached pages may hold earlier identities.
    if (isChanged) {
      recentPages.clear();
      this.options.inbox.forgetPages();
      conversations.add(conversationId);
    }
    return identities.map(([id, clientMessageId], index) => ({ id, listedId: sightings[index]?.listedId ?? null, clientMessageId }));
  }

  async findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    const found = await this.options.store.ask('findByIdentity', { conversationId, key });
    if (found === null) return null;
    return { identity: found.identity, event: found.event && toStoredEvent(found.event, this.options.cursors, { conversationId }) };
  }

  async eventsMissingFromHistory(conversationId: string, received: Date): Promise<MissingFromHistory> {
    if (!this.options.conversations.mayInclude(conversationId)) return { messages: [], knownFrom: Infinity };
    const { messages, knownFrom } = await this.options.store.ask('eventsMissingFromHistory', {
      conversationId,
      received: received.getTime(),
    });
    return { messages: messages.map(toUnlistedMessage), knownFrom };
  }

  interactionMetrics(conversationId: string): Promise<Handling> {
    return this.options.store.ask('interactionMetrics', { conversationId });
  }

  expire(olderThan: Date): Promise<number> {
    return this.#withCacheCleared(() => expireEvents(this.options.store, olderThan, this.options.clock(), this.options.retryHorizonMs));
  }

  async erase(conversationId: string): Promise<number> {
    const removed = await this.#withCacheCleared(() => eraseConversation(this.options.store, conversationId, this.options.clock()));
    this.options.subscribers.acceptErasure(conversationId);
    return removed;
  }

  async health(): Promise<LogHealth> {
    const error = this.options.store.currentError() ?? (await this.options.store.ask('ping', {}).then(() => null, reasonOf));
    return { ok: error === null, warnings: error === null ? [] : [error] };
  }

  followed(): readonly string[] {
    return this.options.subscribers.conversations();
  }

  stats(): LogStats {
    return this.options.subscribers.stats();
  }

  async close(): Promise<void> {
    // The store first: it rejects everything from now on.
    await Promise.all([this.options.store.close(), this.options.holds.close()]);
    this.options.subscribers.endAll();
  }

  /** No cached page may be reused that contains what is being removed. */
  async #withCacheCleared(remove: () => Promise<number>): Promise<number> {
    this.#clearCaches();
    try {
      return await remove();
    } finally {
      this.#clearCaches();
    }
  }

  #clearCaches(): void {
    this.options.recentPages.clear();
    this.options.inbox.forgetPages();
  }

  /** Records and publishes a stored event. Runs in log order. */
  #toAppended(event: ConversationEvent, stored: AppendedEvent): Appended {
    const scope = scopeOf(event);
    const { seq, identity, json, duplicate } = stored;
    if (duplicate)
      return { event: json === null ? event : decodeEvent(json), cursor: this.options.cursors.cursor(scope, seq), identity, duplicate };
    this.options.heads.append(event.conversationId, seq);
    this.options.inbox.forgetPages();
    const cursor = this.options.cursors.cursor(scope, seq);
    if (scope !== 'all') this.options.subscribers.deliver(scope, () => ({ event, cursor, identity, replayed: false }));
    this.options.subscribers.deliver('all', () => ({ event, cursor: this.options.cursors.cursor('all', seq), identity, replayed: false }));
    return { event, cursor, identity, duplicate };
  }

  #readPage(scope: Scope, after: string, types: PageQuery['types'], callbacks: Callbacks<ReplayPage>): void {
    let position: number;
    try {
      position = this.options.cursors.after(after, scope);
    } catch (error) {
      callbacks.reject(error as Error);
      return;
    }
    this.options.pages.read({ scope, after: position, before: null, limit: SUBSCRIPTION_PAGE, fromEnd: false, types }, callbacks);
  }
}
