import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../domain/entry-limit.js';
import { CursorExpiredError } from '../../domain/errors.js';
import { STATE_EVENT_TYPES, project } from '../../domain/projection.js';
import type { Projection, StateEvent } from '../../domain/projection.js';
import type { EventLog } from '../port/event-log.js';

const PAGE_SIZE = 1_000;

interface CachedProjection {
  /** Everything up to this cursor is in `events`. */
  readonly upTo: string;
  readonly events: readonly StateEvent[];
  readonly projection: Projection;
}

/** Folds conversations' events to their state. Caches the most recently used conversations and reads only what is new in them. */
export class Projections {
  readonly #cache: LRUCache<string, CachedProjection>;

  constructor(
    private readonly log: Pick<EventLog, 'read' | 'head'>,
    /** How many conversations are cached. */
    max = 10_000,
  ) {
    this.#cache = new LRUCache(entryLimit(max));
  }

  /** The projection of all events in the log at the time of the call. */
  async of(conversationId: string): Promise<Projection> {
    return (await this.#upToDate(conversationId)).projection;
  }

  /** The events that affect the state, unordered. */
  async stateEvents(conversationId: string): Promise<readonly StateEvent[]> {
    return (await this.#upToDate(conversationId)).events;
  }

  /** Evicts a conversation that was erased from the log. */
  forget(conversationId: string): void {
    this.#cache.delete(conversationId);
  }

  async #upToDate(conversationId: string): Promise<CachedProjection> {
    const upTo = await (await this.log.head()).cursor({ conversationId });
    const cached = this.#cache.get(conversationId);
    if (cached?.upTo === upTo) return cached;
    const events = await this.#readNewEvents(conversationId, cached);
    const fresh = { upTo, events, projection: project(events) };
    this.#cache.set(conversationId, fresh);
    return fresh;
  }

  async #readNewEvents(conversationId: string, cached: CachedProjection | undefined): Promise<readonly StateEvent[]> {
    try {
      const events = new Map(cached?.events.map((event) => [event.id, event]));
      for (let after = cached?.upTo, more = true; more;) {
        const page = await this.log.read(
          { conversationId },
          { limit: PAGE_SIZE, types: STATE_EVENT_TYPES, ...(after === undefined ? {} : { after }) },
        );
        for (const { event } of page.events) events.set(event.id, event as StateEvent);
        after = page.events.at(-1)?.cursor;
        more = page.hasMore;
      }
      return [...events.values()];
    } catch (error) {
      // Cached events were removed from the log meanwhile: start over from what is left.
      if (cached !== undefined && error instanceof CursorExpiredError) return this.#readNewEvents(conversationId, undefined);
      throw error;
    }
  }
}
