import { setTimeout as delay } from 'node:timers/promises';
import type { EventType } from '../../domain/event.js';
import type { Shard } from '../../domain/shard.js';
import { LogUnavailableError } from '../port/errors.js';
import { decodeEvent } from '../port/event-codec.js';
import type { Scope } from '../port/event-log.js';
import type { SubscriptionPage } from '../port/log-page.js';
import type { StoredEvent } from '../port/stored-event.js';
import type { Page, PageReader } from './page-reader.js';
import type { Cursors, Vector } from './positions.js';
import type { DispatchedEvent, Topic } from './topic.js';

/** Events read per page while joining a live topic. */
const JOIN_PAGE = 500;
/** How often, and at what interval, a subscription retries a read from a Redis that does not reply. */
const MAX_ATTEMPTS = 50;
const RETRY_MS = 200;

/** What a subscription reads of stored events. */
export interface SubscriptionRequest {
  readonly types: readonly EventType[] | null;
  /** Stored events of others may be left out. */
  readonly shard?: Shard | null | undefined;
  readonly limit: number;
}

/** A topic whose live events continue what is read. */
interface ReadableTopic {
  readonly scope: Scope;
  readonly topic: Topic;
  /** Settles once its messages arrive. */
  readonly ready: Promise<void>;
}

/** Reads stored events for subscriptions, up to the point from which their topic dispatches live ones. */
export class TopicReader {
  #closed = false;

  constructor(
    private readonly pages: PageReader,
    private readonly cursors: Cursors,
  ) {}

  /**
   * Reads a page after a position. `onPage` is called at a moment at which every live event dispatched so far is in the page or before it,
   * and none dispatched later, unless there is more to read.
   */
  async readPage(
    handle: ReadableTopic,
    after: Vector,
    request: SubscriptionRequest,
    onPage: (page: SubscriptionPage) => void,
  ): Promise<void> {
    await this.withRetries(async () => {
      await handle.ready;
      await this.#readTo(handle, await this.#readPage(handle.scope, after, request), request, onPage);
    });
  }

  /** Like `readPage`, from a recent head of the scope, with all events since, of any type. Returns the result of `onPage`. */
  async joinLive<T>(handle: ReadableTopic, end: Vector, onPage: (events: readonly StoredEvent[]) => T): Promise<T> {
    const request = { types: null, limit: JOIN_PAGE };
    return this.withRetries(async () => {
      await handle.ready;
      const events: StoredEvent[] = [];
      const joined: T[] = [];
      const accept = (read: SubscriptionPage) => {
        events.push(...read.events);
        if (!read.hasMore) joined.push(onPage(events));
      };
      let last = await this.#readTo(handle, { entries: [], hasMore: false, upTo: end }, request, accept);
      while (last.hasMore) last = await this.#readTo(handle, await this.#readPage(handle.scope, last.upTo, request, true), request, accept);
      const [result] = joined;
      if (result === undefined) throw new LogUnavailableError('The event log is closed');
      return result;
    });
  }

  /** Ends retries. */
  close(): void {
    this.#closed = true;
  }

  /** Repeats a read while Redis does not reply, within bounds. */
  async withRetries<T>(read: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof LogUnavailableError) || attempt === MAX_ATTEMPTS || this.#closed) throw error;
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  async #readTo(
    { scope, topic }: ReadableTopic,
    first: Page,
    request: SubscriptionRequest,
    onPage: (page: SubscriptionPage) => void,
  ): Promise<Page> {
    const events: StoredEvent[] = [];
    for (let page = first; ; page = await this.#readPage(scope, page.upTo, request, true)) {
      events.push(...page.entries.map((entry) => this.#toStoredEvent(scope, entry.vector, decodeEvent(entry.json), entry.identity)));
      if (!page.hasMore && topic.isBehind(page.upTo)) await topic.catchUp();
      if (!page.hasMore && topic.isBehind(page.upTo)) throw new LogUnavailableError('Redis does not reply');
      const dispatched = page.hasMore ? [] : topic.since(page.upTo);
      if (dispatched === null) continue;
      events.push(...this.#toStoredEvents(scope, page.upTo, dispatched, request.types));
      const upTo = dispatched.reduce((vector, { index, position }) => vector.with(index, position), page.upTo);
      onPage({ events, hasMore: page.hasMore, upTo: this.cursors.encode(scope, upTo) });
      return page;
    }
  }

  #readPage(scope: Scope, after: Vector, { types, shard = null, limit }: SubscriptionRequest, isContinuation = false): Promise<Page> {
    return this.pages.read(scope, { after, before: null, limit, fromEnd: false, types, shard, isContinuation });
  }

  /** Events dispatched live, with the cursors of a reader that continues from `after`. */
  #toStoredEvents(scope: Scope, after: Vector, dispatched: readonly DispatchedEvent[], types: readonly EventType[] | null): StoredEvent[] {
    let vector = after;
    return dispatched
      .map((each) => {
        vector = vector.with(each.index, each.position);
        return this.#toStoredEvent(scope, vector, each.event, each.identity);
      })
      .filter(({ event }) => types?.includes(event.type) ?? true);
  }

  #toStoredEvent(scope: Scope, vector: Vector, event: StoredEvent['event'], identity: StoredEvent['identity']): StoredEvent {
    return { event, cursor: this.cursors.encode(scope, vector), identity };
  }
}
