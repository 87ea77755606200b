import { authorClass } from '../../domain/inbox-reader.js';
import type { InboxReader } from '../../domain/inbox-reader.js';
import type { EventLog } from '../port/event-log.js';
import type { StoredEvent } from '../port/stored-event.js';
import type { ReadMarker } from '../port/inbox.js';

/** Events read per page. */
const PAGE_SIZE = 1_000;

/** Up to where a reader has read: a cursor of the conversation, a time by the contact centre's clock, or all there is. */
export type ReadUpTo = { readonly cursor: string } | { readonly time: Date } | 'ALL';

type Log = Pick<EventLog, 'inbox' | 'read'>;

/**
 * Moves a reader's marker forward; one that is there or beyond already stays. With a time, it stands before the first stored message that is newer, so that none of
 * these is taken for read. Returns false if the conversation is not in the inbox. Rejects as `EventLog.read` does for a cursor that is invalid or has expired.
 */
export async function moveReadMarker(log: Log, conversationId: string, reader: InboxReader, upTo: ReadUpTo): Promise<boolean> {
  const [entry] = await log.inbox.entries([conversationId], reader);
  if (entry === null || entry === undefined) return false;
  const { othersMessages: seen, lastActivityCursor: cursor } = entry;
  const marker = upTo === 'ALL' ? { cursor, seen } : await findMarker(log, conversationId, reader, { upTo, seen, last: cursor });
  if (marker !== null) await log.inbox.storeMarker(conversationId, reader, marker);
  return true;
}

interface Search {
  readonly upTo: Exclude<ReadUpTo, 'ALL'>;
  /** The entry's count, and the event up to which it counts. */
  readonly seen: number;
  readonly last: string;
}

/** Counts the messages of others after the marker, which the entry counts too. Null if the marker would stand before everything. */
async function findMarker(log: Log, conversationId: string, reader: InboxReader, { upTo, seen, last }: Search): Promise<ReadMarker | null> {
  let position = 'cursor' in upTo ? upTo.cursor : null;
  let isReading = !('cursor' in upTo);
  let after = 0;
  for await (const { event, cursor } of eventsAfter(log, conversationId, position)) {
    if (isReading && 'time' in upTo) isReading = event.type !== 'MESSAGE_ADDED' || event.occurredAt <= upTo.time;
    const author = authorClass(event);
    if (isReading) position = cursor;
    else if (author !== null && author !== reader.author) after += 1;
    // What was stored since the entry was read is not counted there.
    if (cursor === last) break;
  }
  return position === null ? null : { cursor: position, seen: Math.max(0, seen - after) };
}

async function* eventsAfter(log: Log, conversationId: string, start: string | null): AsyncGenerator<StoredEvent> {
  for (let after = start, more = true; more;) {
    const page = await log.read({ conversationId }, { limit: PAGE_SIZE, ...(after === null ? {} : { after }) });
    yield* page.events;
    after = page.events.at(-1)?.cursor ?? after;
    more = page.hasMore;
  }
}
