import { LRUCache } from 'lru-cache';
import { CursorExpiredError } from '../../domain/errors.js';
import { STATE_EVENT_TYPES, project } from '../../domain/projection.js';
import type { Projection, StateEvent } from '../../domain/projection.js';
import type { EventLog } from '../port/event-log.js';

const PAGE = 1_000;

interface Known {
  /** Everything up to here is in `events`. */
  readonly upTo: string;
  readonly events: readonly StateEvent[];
  readonly projection: Projection;
}

/** What the log's events come to, by conversation. Remembers the conversations asked for last and reads only what is new in them. */
export class Projections {
  readonly #known: LRUCache<string, Known>;

  constructor(
    private readonly log: Pick<EventLog, 'read' | 'head'>,
    /** How many conversations are remembered. */
    max = 10_000,
  ) {
    this.#known = new LRUCache({ max });
  }

  /** What all events that are in the log at the time of the call come to. */
  async of(conversationId: string): Promise<Projection> {
    return (await this.#upToDate(conversationId)).projection;
  }

  /** The events that move the state, in no order that counts. */
  async stateEvents(conversationId: string): Promise<readonly StateEvent[]> {
    return (await this.#upToDate(conversationId)).events;
  }

  /** Forgets a conversation that was erased from the log. */
  forget(conversationId: string): void {
    this.#known.delete(conversationId);
  }

  async #upToDate(conversationId: string): Promise<Known> {
    const upTo = await (await this.log.head()).cursor({ conversationId });
    const known = this.#known.get(conversationId);
    if (known?.upTo === upTo) return known;
    const events = await this.#readOn(conversationId, known);
    const fresh = { upTo, events, projection: project(events) };
    this.#known.set(conversationId, fresh);
    return fresh;
  }

  async #readOn(conversationId: string, known: Known | undefined): Promise<readonly StateEvent[]> {
    try {
      const events = new Map(known?.events.map((event) => [event.id, event]));
      for (let after = known?.upTo, more = true; more;) {
        const page = await this.log.read(
          { conversationId },
          { limit: PAGE, types: STATE_EVENT_TYPES, ...(after === undefined ? {} : { after }) },
        );
        for (const { event } of page.events) events.set(event.id, event as StateEvent);
        after = page.events.at(-1)?.cursor;
        more = page.hasMore;
      }
      return [...events.values()];
    } catch (error) {
      // What we remember was removed from the log meanwhile: start over with what is left.
      if (known !== undefined && error instanceof CursorExpiredError) return this.#readOn(conversationId, undefined);
      throw error;
    }
  }
}
