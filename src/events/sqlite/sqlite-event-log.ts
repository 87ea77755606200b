import type { Clock } from '../../domain/clock.js';
import type { ConversationEvent } from '../../domain/event.js';
import type { Handling } from '../../domain/interaction-metrics.js';
import type { ListedMessage, MessageIdentity } from '../../domain/message-identity.js';
import { scopeOf } from '../port/cursor.js';
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
import { CatchUpSubscription } from '../delivery/catch-up-subscription.js';
import type { Callbacks, ReplayPage } from '../delivery/catch-up-subscription.js';
import { assertReadLimit } from '../port/read-limit.js';
import { HeadCache } from '../delivery/head-cache.js';
import type { IdempotencyStore } from '../port/idempotency-store.js';
import { Subscribers } from '../delivery/subscribers.js';
import type { HoldServer } from './backup/hold-server.js';
import { SqliteIdempotencyStore } from './sqlite-idempotency-store.js';
import { eraseConversation, expireEvents } from './expiry.js';
import { toNewEvent } from './new-event.js';
import { toSerialized } from './worker-protocol.js';
import type { AppendedEvent, OperationResult, WorkerReady, PageQuery, ReceivedPosition, SerializedEvent } from './worker-protocol.js';
import { CursorCodec } from './cursor-codec.js';
import { ReplayPageCache } from './replay-page-cache.js';
import { CoalescedPageReads } from './coalesced-page-reads.js';
import type { StoreClient } from './store-client.js';

/** Stored events that a subscription reads per page. */
const SUBSCRIPTION_PAGE = 200;

export interface SqliteEventLogOptions {
  readonly store: StoreClient;
  readonly opened: WorkerReady;
  readonly clock: Clock;
  readonly queueLimit: number;
  readonly holds: Pick<HoldServer, 'close'>;
  readonly retryHorizonMs: number;
}

/** The event log of a single gateway. Events are in SQLite, in a worker thread; heads and subscribers are in memory. */
export class SqliteEventLog implements EventLog {
  readonly requests: IdempotencyStore;
  readonly #subscribers = new Subscribers();
  readonly #heads: HeadCache;
  readonly #cursors: CursorCodec;
  readonly #store: StoreClient;
  readonly #recentPages: ReplayPageCache;
  readonly #pages: CoalescedPageReads;

  constructor(private readonly options: SqliteEventLogOptions) {
    this.#store = options.store;
    this.requests = new SqliteIdempotencyStore(options.store, options.clock);
    this.#heads = new HeadCache(options.opened.head);
    this.#recentPages = new ReplayPageCache(options.clock);
    this.#pages = new CoalescedPageReads({
      store: options.store,
      recent: this.#recentPages,
      toStoredEvent: (event, scope) => this.#toStoredEvent(event, scope),
      toCursor: (scope, position) => this.#cursors.cursor(scope, position),
      findEnd: (scope) => this.#heads.headAt(this.#heads.logHead, scope),
    });
    this.#cursors = new CursorCodec(options.opened.epoch, this.#heads);
  }

  append(event: ConversationEvent, echoOf?: string | null, listed?: readonly ListedMessage[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#store.call('append', toNewEvent(event, echoOf, listed), {
        resolve: (stored) => {
          resolve(this.#toAppended(event, stored));
        },
        reject,
      });
    });
  }

  publish(event: ConversationEvent): void {
    if (event.conversationId !== null) this.#subscribers.acceptTransient({ conversationId: event.conversationId }, event);
    this.#subscribers.acceptTransient('all', event);
  }

  async read(scope: Scope, range: ReadRange): Promise<LogPage> {
    assertReadLimit(range.limit);
    const { events, hasMore } = await this.#store.ask('readPage', {
      scope,
      after: range.after === undefined ? null : this.#cursors.after(range.after, scope),
      before: range.before === undefined ? null : this.#cursors.before(range.before, scope),
      limit: range.limit,
      fromEnd: range.fromEnd ?? false,
      types: range.types ?? null,
    });
    return { events: events.map((event) => this.#toStoredEvent(event, scope)), hasMore };
  }

  /** Thousands of clients that reconnect together ask this too: they share one read, as with pages. */
  hasEvents(conversationId: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#pages.read(
        { scope: { conversationId }, after: null, before: null, limit: 1, fromEnd: false, types: null },
        { resolve: ({ deliveries }) => resolve(deliveries.length > 0), reject },
      );
    });
  }

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.#store.isClosed) throw new LogUnavailableError('The event log is closed');
    const subscription: CatchUpSubscription = new CatchUpSubscription({
      cursor: options.after ?? this.#cursors.end(scope, this.#heads.logHead),
      types: options.types ?? null,
      queueLimit: this.options.queueLimit,
      readPage: (after, callbacks) => {
        this.#readPage(scope, after, options.types ?? null, callbacks);
      },
      onOverflow: options.onOverflow,
      onEnd: () => {
        this.#subscribers.remove(scope, subscription);
      },
    });
    this.#subscribers.add(scope, subscription);
    if (options.after !== undefined) await subscription.start();
    return subscription;
  }

  head(): Promise<Head> {
    const moment = this.#heads.logHead;
    return Promise.resolve({ cursor: (scope) => Promise.resolve(this.#cursors.end(scope, moment)) });
  }

  origin(scope: Scope): string {
    return this.#cursors.cursor(scope, 0);
  }

  async activeSince(received: Date): Promise<readonly string[]> {
    const found = new Set<string>();
    let from: ReceivedPosition | null = { received: received.getTime(), seq: 0 };
    while (from !== null) {
      const { conversationIds, next }: OperationResult<'activeSince'> = await this.#store.askInBackground('activeSince', { from });
      for (const conversationId of conversationIds) found.add(conversationId);
      from = next;
    }
    return [...found];
  }

  registerPendingSend({ conversationId, digest, clientMessageId, sentAt }: NewPendingSend): Promise<string> {
    return this.#store.ask('registerPendingSend', { conversationId, digest, clientMessageId, sentAt });
  }

  async cancelPendingSend(handle: string): Promise<void> {
    await this.#store.ask('cancelPendingSend', { handle });
  }

  async identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    const { clock, retryHorizonMs } = this.options;
    const input = { conversationId, sightings: sightings.map(toSerialized), now: clock(), retryHorizonMs };
    const { identities, isChanged } = await this.#store.ask('identifyListedMessages', input);
    // Cached pages may hold earlier identities.
    if (isChanged) this.#recentPages.clear();
    return identities;
  }

  async findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    const found = await this.#store.ask('findByIdentity', { conversationId, key });
    if (found === null) return null;
    return { identity: found.identity, event: found.event && this.#toStoredEvent(found.event, { conversationId }) };
  }

  async eventsMissingFromHistory(conversationId: string, received: Date): Promise<MissingFromHistory> {
    const found = await this.#store.ask('eventsMissingFromHistory', { conversationId, received: received.getTime() });
    return { events: found.events.map((event) => this.#toStoredEvent(event, { conversationId })), knownFrom: found.knownFrom };
  }

  interactionMetrics(conversationId: string): Promise<Handling> {
    return this.#store.ask('interactionMetrics', { conversationId });
  }

  expire(olderThan: Date): Promise<number> {
    return this.#withCacheCleared(() => expireEvents(this.#store, olderThan, this.options.clock(), this.options.retryHorizonMs));
  }

  erase(conversationId: string): Promise<number> {
    return this.#withCacheCleared(() => eraseConversation(this.#store, conversationId));
  }

  async health(): Promise<LogHealth> {
    const fault = this.#store.currentError() ?? (await this.#store.ask('ping', {}).then(() => null, reasonOf));
    return { ok: fault === null, warnings: fault === null ? [] : [fault] };
  }

  stats(): LogStats {
    return this.#subscribers.stats();
  }

  async close(): Promise<void> {
    // The store first: it rejects everything from now on.
    await Promise.all([this.#store.close(), this.options.holds.close()]);
    this.#subscribers.endAll();
  }

  /** No cached page may be reused that contains what is being removed. */
  async #withCacheCleared(remove: () => Promise<number>): Promise<number> {
    this.#recentPages.clear();
    try {
      return await remove();
    } finally {
      this.#recentPages.clear();
    }
  }

  /** Records and publishes a stored event. Runs in log order. */
  #toAppended(event: ConversationEvent, stored: AppendedEvent): Appended {
    const scope = scopeOf(event);
    const { seq, identity, json, duplicate } = stored;
    if (duplicate)
      return { event: json === null ? event : decodeEvent(json), cursor: this.#cursors.cursor(scope, seq), identity, duplicate };
    this.#heads.append(event.conversationId, seq);
    const cursor = this.#cursors.cursor(scope, seq);
    if (scope !== 'all') this.#subscribers.deliver(scope, () => ({ event, cursor, identity, replayed: false }));
    this.#subscribers.deliver('all', () => ({ event, cursor: this.#cursors.cursor('all', seq), identity, replayed: false }));
    return { event, cursor, identity, duplicate };
  }

  #readPage(scope: Scope, after: string, types: PageQuery['types'], callbacks: Callbacks<ReplayPage>): void {
    let position: number;
    try {
      position = this.#cursors.after(after, scope);
    } catch (error) {
      callbacks.reject(error as Error);
      return;
    }
    this.#pages.read({ scope, after: position, before: null, limit: SUBSCRIPTION_PAGE, fromEnd: false, types }, callbacks);
  }

  #toStoredEvent({ seq, json, identity: name }: SerializedEvent, scope: Scope): StoredEvent {
    return { event: decodeEvent(json), cursor: this.#cursors.cursor(scope, seq), identity: name };
  }
}
