import { MAX_EXAMINED } from '../port/inbox.js';
import type { InboxReader } from '../../domain/inbox-reader.js';
import type { Inbox, InboxConditions, InboxEntry, InboxPage, InboxQuery, ReadMarker } from '../port/inbox.js';
import { decodeInboxCursor, encodeInboxCursor } from '../port/inbox-cursor.js';
import { readerHash } from '../port/reader-hash.js';
import type { Heads } from './heads.js';
import { InboxCache, InboxReading } from './inbox-cache.js';
import { INBOX_POSITION, isWithin, readingOrder, remaining, toInboxPosition, toText } from './inbox-position.js';
import type { ConversationPosition, InboxPosition, InboxRange } from './inbox-position.js';
import { InboxReads } from './inbox-reads.js';
import type { InboxReadsOptions } from './inbox-reads.js';
import { storeMarkerScript } from './scripts/inbox.js';

/** Entries examined per step while few of them match. */
const STEP = 100;

/** Positions in the order of reading, and the last one of them that was examined if there are more. */
interface FoundPositions {
  readonly positions: readonly ConversationPosition[];
  readonly next: InboxPosition | null;
}

export interface RedisInboxOptions extends InboxReadsOptions {
  readonly heads: Heads;
}

/** The inbox in Redis: that of each partition by itself, merged by the time of the last activity. What has not changed since it was read is not read again. */
export class RedisInbox implements Inbox {
  readonly #cache = new InboxCache();
  readonly #reads: InboxReads;

  constructor(private readonly options: RedisInboxOptions) {
    this.#reads = new InboxReads(options);
  }

  async page(query: InboxQuery): Promise<InboxPage> {
    const { after, before, fromEnd } = query;
    const range = { below: this.#position(after), above: this.#position(before), fromEnd };
    this.options.identity.requireUsable();
    const { versions } = await this.options.runner.run(() => this.options.heads.ofAll());
    const reading = new InboxReading(this.#cache.at(this.options.identity.epoch, versions));
    // The conversations of a customer may be many, and are another list each time.
    if (query.conditions.among !== null) return this.#readPage(range, query, reading);
    const key = JSON.stringify(query);
    const kept = reading.known.pages.get(key);
    if (kept !== undefined) return kept;
    const page = await this.#readPage(range, query, reading);
    reading.keepPage(key, page);
    return page;
  }

  async #readPage(range: InboxRange, query: InboxQuery, reading: InboxReading): Promise<InboxPage> {
    const found = await this.#findPositions(range, query, reading);
    const positions = range.fromEnd ? found.positions.toReversed() : found.positions;
    const read = await this.#reads.entries(positions, query.reader, { withMessages: true, reading });
    // An entry keeps the position at which it was found, so that the next page begins where this one ended.
    const entries = read.flatMap((entry, index) => {
      const position = positions[index];
      return entry === null || position === undefined ? [] : [{ ...entry, cursor: this.#cursor(position) }];
    });
    return { entries, next: found.next === null ? null : this.#cursor(found.next) };
  }

  entries(conversationIds: readonly string[], reader: InboxReader): Promise<readonly (InboxEntry | null)[]> {
    const positions = conversationIds.map((conversationId) => this.options.keys.locate({ conversationId }));
    return this.#reads.entries(positions, reader, { withMessages: true, reading: null });
  }

  async storeMarker(conversationId: string, { key }: InboxReader, { cursor, seen }: ReadMarker): Promise<void> {
    const { runner, commands, keys, cursors } = this.options;
    const scope = { conversationId };
    const [position = ''] = cursors.before(cursor, scope);
    await runner.run(() => storeMarkerScript.run(commands, keys.conversation(scope), readerHash(key), position, seen));
  }

  async #findPositions(range: InboxRange, { limit, reader, conditions }: InboxQuery, reading: InboxReading): Promise<FoundPositions> {
    const { states, customerId, unreadOnly, among } = conditions;
    if (among !== null) return firstOf(await this.#findAmong(among, range, { reader, conditions }, reading), limit);
    const isFiltered = states !== null || customerId !== null || unreadOnly;
    if (!isFiltered) return firstOf(await this.#reads.positions(range, limit + 1, reading), limit);
    const matching: ConversationPosition[] = [];
    let rest = range;
    let last: InboxPosition | null = null;
    for (let examined = 0; examined < MAX_EXAMINED; examined += STEP) {
      const positions = await this.#reads.positions(rest, STEP, reading);
      const entries = await this.#reads.entries(positions, reader, { withMessages: false, reading });
      for (const [index, position] of positions.entries()) if (matches(entries[index] ?? null, conditions)) matching.push(position);
      if (matching.length > limit || positions.length < STEP) return firstOf(matching, limit);
      last = positions.at(-1) ?? null;
      if (last !== null) rest = remaining(range, last);
    }
    return { positions: matching, next: last };
  }

  async #findAmong(
    conversationIds: readonly string[],
    range: InboxRange,
    { reader, conditions }: Pick<InboxQuery, 'reader' | 'conditions'>,
    reading: InboxReading,
  ) {
    const { keys } = this.options;
    const locations = conversationIds.map((conversationId) => keys.locate({ conversationId }));
    const entries = await this.#reads.entries(locations, reader, { withMessages: false, reading });
    const positions = entries.flatMap((entry, index): ConversationPosition[] => {
      const [location, position] = [locations[index], this.#position(entry?.cursor ?? null)];
      return location === undefined || position === null || !matches(entry, conditions) ? [] : [{ ...location, time: position.time }];
    });
    return positions.filter((position) => isWithin(range, position)).sort(readingOrder(range));
  }

  #position(cursor: string | null): InboxPosition | null {
    return cursor === null ? null : toInboxPosition(decodeInboxCursor(cursor, this.options.identity.epoch, INBOX_POSITION));
  }

  #cursor(position: InboxPosition): string {
    return encodeInboxCursor(this.options.identity.epoch, toText(position));
  }
}

/** As many positions as are wanted, of more if there are more. */
const firstOf = (positions: readonly ConversationPosition[], limit: number): FoundPositions => ({
  positions: positions.slice(0, limit),
  next: positions.length > limit ? (positions[limit - 1] ?? null) : null,
});

function matches(entry: InboxEntry | null, { states, customerId, unreadOnly }: InboxConditions): boolean {
  if (entry === null) return false;
  if (states !== null && !states.includes(entry.state)) return false;
  if (customerId !== null && entry.customer?.customerId !== customerId) return false;
  return !unreadOnly || entry.unread > 0;
}
