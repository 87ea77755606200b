import type { ConversationEvent } from '../../domain/event.js';
import type { EventLog } from '../port/event-log.js';
import type { StoredEvent } from '../port/stored-event.js';

/** How many events one call examines at most, wanted or not. */
export const MAX_EXAMINED = 1_000;
/** How many events are read from the log at a time, at most. */
const MAX_READ = 500;

export interface FeedQuery {
  /** Null starts with the oldest stored event. Rejects like `EventLog.read` for an invalid one. */
  readonly after: string | null;
  /** How many wanted events to return at most. */
  readonly limit: number;
  /** Null wants every event. The answer `STOP` ends the page before the event: the next call examines it again. */
  readonly wants: ((event: ConversationEvent) => Verdict | Promise<Verdict>) | null;
}

export type Verdict = boolean | 'STOP';

export interface FeedPage {
  readonly events: readonly StoredEvent[];
  /** Every event up to this cursor was examined; the next call continues after it. */
  readonly endCursor: string;
  /** Whether there are stored events after it, wanted or not. */
  readonly hasMore: boolean;
}

/** Reads a page of the events of all conversations. However few events are wanted, each call examines some more until `hasMore` is false. */
export async function readFeed(log: Pick<EventLog, 'read' | 'head'>, { after, limit, wants }: FeedQuery): Promise<FeedPage> {
  // Taken before the read, so that an event stored meanwhile lies after it.
  let endCursor = after ?? (await (await log.head()).cursor('all'));
  const events: StoredEvent[] = [];
  let from = after;
  let examined = 0;
  for (let size = wants === null ? limit : Math.min(MAX_READ, 2 * limit); ; size = Math.min(MAX_READ, 2 * size)) {
    const page = await log.read('all', { limit: Math.min(size, MAX_EXAMINED - examined), ...(from === null ? {} : { after: from }) });
    for (const stored of page.events) {
      const answer = wants === null ? true : wants(stored.event);
      const verdict = typeof answer === 'object' ? await answer : answer;
      if (verdict === 'STOP' || (verdict && events.length === limit)) return { events, endCursor, hasMore: true };
      if (verdict) events.push(stored);
      from = endCursor = stored.cursor;
    }
    examined += page.events.length;
    if (!page.hasMore || examined >= MAX_EXAMINED || events.length === limit) return { events, endCursor, hasMore: page.hasMore };
  }
}
