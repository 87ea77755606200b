import type { Scope } from '../port/event-log.js';
import type { LogPage } from '../port/log-page.js';
import { toReplayPage } from '../delivery/catch-up-subscription.js';
import type { Callbacks, ReplayPage } from '../delivery/catch-up-subscription.js';
import type { PageQuery, SerializedEvent } from './worker-protocol.js';
import type { ReplayPageCache } from './replay-page-cache.js';
import type { StoreClient } from './store-client.js';

export interface CoalescedPageReadsOptions {
  readonly store: StoreClient;
  readonly recent: ReplayPageCache;
  readonly toStoredEvent: (event: SerializedEvent, scope: Scope) => LogPage['events'][number];
  readonly toCursor: (scope: Scope, position: number) => string;
  /** Current head of a scope. */
  readonly findEnd: (scope: Scope) => number;
}

/**
 * Coalesces page reads of subscriptions: those that reconnect after an outage ask for the same pages, and share one read. Whoever joins a
 * read gets the page at the point in log order at which it was read, as if they had asked alone; later ones get it from the cache while a
 * read would return the same.
 */
export class CoalescedPageReads {
  readonly #inFlight = new Map<string, Callbacks<ReplayPage>[]>();

  constructor(private readonly options: CoalescedPageReadsOptions) {}

  read(query: PageQuery, callbacks: Callbacks<ReplayPage>): void {
    const key = JSON.stringify(query);
    const recent = this.options.recent.find(key, this.options.findEnd(query.scope));
    const inFlight = this.#inFlight.get(key);
    if (recent !== null) callbacks.resolve(recent);
    else if (inFlight !== undefined) inFlight.push(callbacks);
    else this.#read(key, query, [callbacks]);
  }

  #read(key: string, query: PageQuery, waiters: Callbacks<ReplayPage>[]): void {
    const { store, recent, toStoredEvent, toCursor, findEnd } = this.options;
    this.#inFlight.set(key, waiters);
    store.readPage(query, {
      resolve: ({ events, hasMore }) => {
        this.#inFlight.delete(key);
        const end = findEnd(query.scope);
        const last = hasMore ? (events.at(-1)?.seq ?? 0) : Math.max(end, query.after ?? 0);
        const page = toReplayPage({
          events: events.map((event) => toStoredEvent(event, query.scope)),
          hasMore,
          upTo: toCursor(query.scope, last),
        });
        recent.keep(key, end, page);
        for (const waiter of waiters) waiter.resolve(page);
      },
      reject: (error) => {
        this.#inFlight.delete(key);
        for (const waiter of waiters) waiter.reject(error);
      },
    });
  }
}
