import type { LogPage, Scope } from '../port/event-log.js';
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
  /** Where a scope ends now. */
  readonly findEnd: (scope: Scope) => number;
}

/**
 * PageReader that subscriptions read: those who come back from one outage ask for the same ones, and are told by one read of each. Whoever joins a read gets the page at the
 * moment in the log's order at which it was read, as if he had asked by himself; who comes a little later gets it at once, as long as it would be read the same.
 */
export class CoalescedPageReads {
  readonly #asked = new Map<string, Callbacks<ReplayPage>[]>();

  constructor(private readonly parts: CoalescedPageReadsOptions) {}

  read(query: PageQuery, outcome: Callbacks<ReplayPage>): void {
    const key = JSON.stringify(query);
    const recent = this.parts.recent.find(key, this.parts.findEnd(query.scope));
    const asked = this.#asked.get(key);
    if (recent !== null) outcome.resolve(recent);
    else if (asked !== undefined) asked.push(outcome);
    else this.#ask(key, query, [outcome]);
  }

  #ask(key: string, query: PageQuery, outcomes: Callbacks<ReplayPage>[]): void {
    const { store, recent, toStoredEvent, toCursor, findEnd } = this.parts;
    this.#asked.set(key, outcomes);
    store.call('page', query, {
      resolve: ({ events, hasMore }) => {
        this.#asked.delete(key);
        const end = findEnd(query.scope);
        const last = hasMore ? (events.at(-1)?.seq ?? 0) : Math.max(end, query.after ?? 0);
        const page = toReplayPage({
          events: events.map((event) => toStoredEvent(event, query.scope)),
          hasMore,
          upTo: toCursor(query.scope, last),
        });
        recent.keep(key, end, page);
        for (const one of outcomes) one.resolve(page);
      },
      reject: (error) => {
        this.#asked.delete(key);
        for (const one of outcomes) one.reject(error);
      },
    });
  }
}
