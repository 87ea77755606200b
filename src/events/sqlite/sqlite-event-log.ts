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
import { eraseFrom, expireFrom } from './expiry.js';
import { newEvent } from './new-event.js';
import type { AppendedEvent, OperationResult, WorkerReady, PageQuery, ReceivedPosition, SerializedEvent } from './worker-protocol.js';
import { CursorCodec } from './cursor-codec.js';
import { ReplayPageCache } from './replay-page-cache.js';
import { CoalescedPageReads } from './coalesced-page-reads.js';
import type { StoreClient } from './store-client.js';

/** Stored events that a subscription reads at a time. */
const SUBSCRIPTION_PAGE = 200;

export interface SqliteEventLogOptions {
  readonly store: StoreClient;
  readonly opened: WorkerReady;
  readonly clock: Clock;
  readonly queueLimit: number;
  readonly holds: Pick<HoldServer, 'close'>;
}

/** The event log of a single gateway: what is stored lies in SQLite, in a thread of its own; ends and subscribers are held here. */
export class SqliteEventLog implements EventLog {
  readonly requests: IdempotencyStore;
  readonly #subscribers = new Subscribers();
  readonly #heads: HeadCache;
  readonly #cursors: CursorCodec;
  readonly #store: StoreClient;
  readonly #recentPages: ReplayPageCache;
  readonly #pages: CoalescedPageReads;

  constructor(private readonly parts: SqliteEventLogOptions) {
    this.#store = parts.store;
    this.requests = new SqliteIdempotencyStore(parts.store, parts.clock);
    this.#heads = new HeadCache(parts.opened.head);
    this.#recentPages = new ReplayPageCache(parts.clock);
    this.#pages = new CoalescedPageReads({
      store: parts.store,
      recent: this.#recentPages,
      toStoredEvent: (event, scope) => this.#toStoredEvent(event, scope),
      toCursor: (scope, position) => this.#cursors.cursor(scope, position),
      findEnd: (scope) => this.#heads.at(this.#heads.last, scope),
    });
    this.#cursors = new CursorCodec(parts.opened.epoch, this.#heads);
  }

  append(event: ConversationEvent, echoOf?: string): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#store.call('append', newEvent(event, echoOf), {
        resolve: (stored) => {
          resolve(this.#appended(event, stored));
        },
        reject: reject,
      });
    });
  }

  publish(event: ConversationEvent): void {
    if (event.conversationId !== null) this.#subscribers.acceptTransient({ conversationId: event.conversationId }, event);
    this.#subscribers.acceptTransient('all', event);
  }

  async read(scope: Scope, range: ReadRange): Promise<LogPage> {
    assertReadLimit(range.limit);
    const { events, hasMore } = await this.#store.ask('page', {
      scope,
      after: range.after === undefined ? null : this.#cursors.after(range.after, scope),
      before: range.before === undefined ? null : this.#cursors.before(range.before, scope),
      limit: range.limit,
      fromEnd: range.fromEnd ?? false,
      types: range.types ?? null,
    });
    return { events: events.map((event) => this.#toStoredEvent(event, scope)), hasMore };
  }

  /** Thousands who come back at once ask this, too: they share one look at it, as they share the pages that they ask for. */
  hasEvents(conversationId: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#pages.read(
        { scope: { conversationId }, after: null, before: null, limit: 1, fromEnd: false, types: null },
        { resolve: ({ deliveries }) => resolve(deliveries.length > 0), reject: reject },
      );
    });
  }

  async subscribe(scope: Scope, options: SubscribeOptions): Promise<LogSubscription> {
    if (this.#store.isClosed) throw new LogUnavailableError('The event log is closed');
    const subscription: CatchUpSubscription = new CatchUpSubscription({
      cursor: options.after ?? this.#cursors.end(scope, this.#heads.last),
      types: options.types ?? null,
      queueLimit: this.parts.queueLimit,
      readPage: (after, outcome) => {
        this.#readPage(scope, after, options.types ?? null, outcome);
      },
      onOverflow: options.onOverflow,
      onEnd: () => {
        this.#subscribers.remove(scope, subscription);
      },
    });
    this.#subscribers.add(scope, subscription);
    if (options.after !== undefined) await subscription.begin();
    return subscription;
  }

  head(): Promise<Head> {
    const moment = this.#heads.last;
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
    return this.#store.ask('expectEcho', { conversationId, digest, clientMessageId, sentAt });
  }

  async cancelPendingSend(handle: string): Promise<void> {
    await this.#store.ask('echoRefused', { handle });
  }

  async identifyListedMessages(conversationId: string, sightings: readonly ListedMessage[]): Promise<readonly MessageIdentity[]> {
    // Whatever else the caller's objects hold is not for the other thread.
    const plain = sightings.map(({ listedId, digest, createdAt }) => ({ listedId, digest, createdAt }));
    const names = await this.#store.ask('nameListed', { conversationId, sightings: plain, now: this.parts.clock() });
    // Events that were read before may hold what they were called before.
    this.#recentPages.clear();
    return names;
  }

  async findByIdentity(conversationId: string, key: string): Promise<{ identity: MessageIdentity; event: StoredEvent | null } | null> {
    const found = await this.#store.ask('named', { conversationId, key });
    if (found === null) return null;
    return { identity: found.identity, event: found.event && this.#toStoredEvent(found.event, { conversationId }) };
  }

  async eventsMissingFromHistory(conversationId: string, received: Date): Promise<readonly StoredEvent[]> {
    const events = await this.#store.ask('unlisted', { conversationId, received: received.getTime() });
    return events.map((event) => this.#toStoredEvent(event, { conversationId }));
  }

  interactionMetrics(conversationId: string): Promise<Handling> {
    return this.#store.ask('handling', { conversationId });
  }

  expire(olderThan: Date): Promise<number> {
    return this.#removing(() => expireFrom(this.#store, olderThan, this.parts.clock()));
  }

  erase(conversationId: string): Promise<number> {
    return this.#removing(() => eraseFrom(this.#store, conversationId));
  }

  async health(): Promise<LogHealth> {
    const fault = this.#store.fault() ?? (await this.#store.ask('look', {}).then(() => null, reasonOf));
    return { ok: fault === null, warnings: fault === null ? [] : [fault] };
  }

  stats(): LogStats {
    return this.#subscribers.stats();
  }

  async close(): Promise<void> {
    // The store first: nothing that is asked from now on is taken.
    await Promise.all([this.#store.close(), this.parts.holds.close()]);
    this.#subscribers.endAll();
  }

  /** No page is handed out again that may hold what is being removed. */
  async #removing(remove: () => Promise<number>): Promise<number> {
    this.#recentPages.clear();
    try {
      return await remove();
    } finally {
      this.#recentPages.clear();
    }
  }

  /** Remembers and hands on what was stored. Runs in the order of the log. */
  #appended(event: ConversationEvent, stored: AppendedEvent): Appended {
    const scope = scopeOf(event);
    const { seq, identity, json, duplicate } = stored;
    if (duplicate)
      return { event: json === null ? event : decodeEvent(json), cursor: this.#cursors.cursor(scope, seq), identity: identity, duplicate };
    this.#heads.append(event.conversationId, seq);
    const cursor = this.#cursors.cursor(scope, seq);
    if (scope !== 'all') this.#subscribers.deliver(scope, () => ({ event, cursor, identity: identity, replayed: false }));
    this.#subscribers.deliver('all', () => ({ event, cursor: this.#cursors.cursor('all', seq), identity: identity, replayed: false }));
    return { event, cursor, identity: identity, duplicate };
  }

  #readPage(scope: Scope, after: string, types: PageQuery['types'], outcome: Callbacks<ReplayPage>): void {
    let position: number;
    try {
      position = this.#cursors.after(after, scope);
    } catch (error) {
      outcome.reject(error as Error);
      return;
    }
    this.#pages.read({ scope, after: position, before: null, limit: SUBSCRIPTION_PAGE, fromEnd: false, types }, outcome);
  }

  #toStoredEvent({ seq, json, identity: name }: SerializedEvent, scope: Scope): StoredEvent {
    return { event: decodeEvent(json), cursor: this.#cursors.cursor(scope, seq), identity: name };
  }
}
