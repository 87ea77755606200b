import type { EventType } from '../../domain/event.js';
import { setTimeout as delay } from 'node:timers/promises';
import type { CursorExpiredError } from '../../domain/errors.js';
import { scopeKey } from '../port/cursor.js';
import { LogUnavailableError } from '../port/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import type { Delivery, StoredEvent, Scope, SubscriptionPage } from '../port/event-log.js';
import type { Subscribers } from '../delivery/subscribers.js';
import type { Channel, Channels } from './channels.js';
import type { Connected } from './connection.js';
import type { Keys } from './keys.js';
import { PubSubConnections } from './live-connections.js';
import { decodeMessage } from './pubsub-message.js';
import type { LiveMessage } from './pubsub-message.js';
import type { Page, PageReader } from './pages.js';
import type { Cursors, Vector } from './positions.js';
import { Topic } from './topic.js';
import type { DispatchedEvent } from './topic.js';

const READ_BACK_PAGE = 500;
/** How often, and at what distance, a subscription tries again to read from a Redis that does not answer. */
const TRIES = 50;
const RETRY_MS = 200;

export interface TopicRegistryOptions {
  readonly keys: Keys;
  readonly channels: Channels;
  readonly cursors: Cursors;
  readonly pages: PageReader;
  readonly subscribers: Subscribers;
  readonly ends: (scope: Scope) => Promise<Vector>;
  readonly connected: Pick<Connected, 'connect' | 'onNodeLost'>;
  /** This gateway's name: what it passes on itself it does not pass on again. */
  readonly sender: string;
}

/** A scope that somebody listens to. */
export interface TopicHandle {
  readonly scope: Scope;
  readonly topic: Topic;
  readonly channels: readonly Channel[];
  /** Settles once its messages come in. */
  readonly ready: Promise<void>;
  users: number;
}

/** What a reader wants of stored events. */
export interface SubscriptionRequest {
  readonly types: readonly EventType[] | null;
  readonly limit: number;
}

/** The topics that somebody listens to, and the connection that feeds them. */
export class TopicRegistry {
  readonly #open = new Map<string, TopicHandle>();
  readonly #byChannel = new Map<string, TopicHandle>();
  readonly #live: PubSubConnections;
  #dropped = 0;
  #closed = false;

  constructor(private readonly options: TopicRegistryOptions) {
    this.#live = new PubSubConnections({
      connect: options.connected.connect,
      sharded: options.channels.sharded,
      onMessage: (channel, text) => {
        this.#take(channel, text);
      },
      onBack: (partition) => {
        this.readBack(partition);
      },
    });
    options.connected.onNodeLost(() => {
      this.readBack(null);
    });
  }

  /** How many messages were dropped since they are none of this log. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Live messages of a partition, or, where it is null, of any, may have been missed. */
  readBack(partition: number | null): void {
    for (const { topic, channels } of this.#open.values()) {
      if (partition === null || channels.some((channel) => channel.partition === partition)) void topic.catchUp();
    }
  }

  /** Another log has replaced the one that was followed. */
  loseAll(error: CursorExpiredError): void {
    for (const { scope } of [...this.#open.values()]) this.#lose(scope, error);
  }

  /** Somebody begins to listen, until `leave`. */
  enter(scope: Scope): TopicHandle {
    const open = this.#open.get(scopeKey(scope)) ?? this.#start(scope);
    open.users += 1;
    return open;
  }

  leave(open: TopicHandle): void {
    open.users -= 1;
    if (open.users === 0) this.#end(open);
  }

  /** An event that this gateway stored. */
  publishLocal(scope: Scope, message: LiveMessage): void {
    this.#open.get(scopeKey(scope))?.topic.publishLocal(message);
    if (scope !== 'all') this.#open.get(scopeKey('all'))?.topic.publishLocal(message);
  }

  /**
   * Reads on after a position. `taken` is called at a moment at which all that was told live so far is in the page or before it, and nothing that is told later, unless
   * there is more to read.
   */
  async readOn(open: TopicHandle, after: Vector, wanted: SubscriptionRequest, taken: (page: SubscriptionPage) => void): Promise<void> {
    await this.#persistently(async () => {
      await open.ready;
      await this.#readTo(open, await this.#page(open.scope, after, wanted), wanted, taken);
    });
  }

  /** As `readOn`, of a position that was the scope's end a moment ago, and all that came since, of any type. Gives what `taken` does. */
  async join<T>(open: TopicHandle, end: Vector, taken: (events: readonly StoredEvent[]) => T): Promise<T> {
    const wanted = { types: null, limit: READ_BACK_PAGE };
    return this.#persistently(async () => {
      await open.ready;
      const events: StoredEvent[] = [];
      const joined: T[] = [];
      const take = (read: SubscriptionPage) => {
        events.push(...read.events);
        if (!read.hasMore) joined.push(taken(events));
      };
      let last = await this.#readTo(open, { entries: [], hasMore: false, upTo: end }, wanted, take);
      while (last.hasMore) last = await this.#readTo(open, await this.#page(open.scope, last.upTo, wanted, true), wanted, take);
      const [result] = joined;
      if (result === undefined) throw new LogUnavailableError('The event log is closed');
      return result;
    });
  }

  close(): void {
    this.#closed = true;
    this.#live.close();
    for (const { topic } of this.#open.values()) topic.close();
    this.#open.clear();
    this.#byChannel.clear();
  }

  async #persistently<T>(read: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof LogUnavailableError) || tries === TRIES || this.#closed) throw error;
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  async #readTo(
    { scope, topic }: TopicHandle,
    first: Page,
    wanted: SubscriptionRequest,
    taken: (page: SubscriptionPage) => void,
  ): Promise<Page> {
    const events: StoredEvent[] = [];
    for (let page = first; ; page = await this.#page(scope, page.upTo, wanted, true)) {
      events.push(...page.entries.map((entry) => this.toStoredEvent(scope, entry.vector, decodeEvent(entry.json), entry.identity)));
      if (!page.hasMore && topic.isBehind(page.upTo)) await topic.catchUp();
      if (!page.hasMore && topic.isBehind(page.upTo)) throw new LogUnavailableError('Redis does not answer');
      const told = page.hasMore ? [] : topic.since(page.upTo);
      if (told === null) continue;
      events.push(...this.#toldAfter(scope, page.upTo, told, wanted.types));
      const upTo = told.reduce((vector, { index, position }) => vector.with(index, position), page.upTo);
      taken({ events, hasMore: page.hasMore, upTo: this.options.cursors.encode(scope, upTo) });
      return page;
    }
  }

  #page(scope: Scope, after: Vector, { types, limit }: SubscriptionRequest, isContinuation = false): Promise<Page> {
    return this.options.pages.read(scope, { after, before: null, limit, fromEnd: false, types, isContinuation });
  }

  /** What was told live, under the cursors of one who was told it from `after` on. */
  #toldAfter(scope: Scope, after: Vector, told: readonly DispatchedEvent[], types: readonly EventType[] | null): StoredEvent[] {
    let vector = after;
    return told
      .map((each) => {
        vector = vector.with(each.index, each.position);
        return this.toStoredEvent(scope, vector, each.event, each.identity);
      })
      .filter(({ event }) => types?.includes(event.type) ?? true);
  }

  toStoredEvent(scope: Scope, vector: Vector, event: Delivery['event'], name: Delivery['identity']): StoredEvent {
    return { event, cursor: this.options.cursors.encode(scope, vector), identity: name };
  }

  #start(scope: Scope): TopicHandle {
    const { subscribers, ends, pages } = this.options;
    const topic = new Topic({
      all: scope === 'all',
      ends: () => ends(scope),
      read: (after, isContinuation) =>
        pages.read(scope, { after, before: null, limit: READ_BACK_PAGE, fromEnd: false, types: null, isContinuation }),
      dispatch: ({ event, identity }, vector) => {
        subscribers.deliver(scope, () => ({
          event,
          cursor: this.options.cursors.encode(scope, vector),
          identity,
          replayed: false,
        }));
      },
      lost: (error) => {
        this.#lose(scope, error);
      },
    });
    const channels = this.options.channels.of(scope);
    const listening = Promise.all(channels.map((channel) => this.#live.listen(channel)));
    const ready = listening.then(() => this.#persistently(() => topic.start()));
    const open: TopicHandle = { scope, topic, channels, ready, users: 0 };
    ready.catch(() => {
      this.#end(open);
    });
    this.#open.set(scopeKey(scope), open);
    for (const { name } of channels) this.#byChannel.set(name, open);
    return open;
  }

  #end(open: TopicHandle): void {
    open.topic.close();
    if (this.#open.get(scopeKey(open.scope)) !== open) return;
    this.#open.delete(scopeKey(open.scope));
    for (const channel of open.channels) {
      this.#byChannel.delete(channel.name);
      this.#live.leave(channel);
    }
  }

  #lose(scope: Scope, error: CursorExpiredError): void {
    const open = this.#open.get(scopeKey(scope));
    if (open !== undefined) this.#end(open);
    this.options.subscribers.fail(scope, error);
  }

  #take(channel: string, text: string): void {
    const open = this.#byChannel.get(channel);
    if (open === undefined) return;
    const message = decodeMessage(text);
    if (message === null || (message.kind === 'stored' && message.partition >= this.options.keys.partitions)) this.#dropped += 1;
    else if (message.kind === 'stored') open.topic.take(message);
    else if (message.sender !== this.options.sender) this.options.subscribers.acceptTransient(open.scope, message.event);
  }
}
