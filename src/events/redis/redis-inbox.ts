import { MAX_EXAMINED } from '../port/inbox.js';
import type { InboxReader } from '../../domain/inbox-reader.js';
import type { Inbox, InboxConditions, InboxEntry, InboxPage, InboxQuery, ReadMarker } from '../port/inbox.js';
import { decodeInboxCursor, encodeInboxCursor } from '../port/inbox-cursor.js';
import { readerHash } from '../port/reader-hash.js';
import type { Heads } from './heads.js';
import { InboxCache } from './inbox-cache.js';
import type { KnownPartition } from './inbox-cache.js';
import { PLACE, isWithin, readingOrder, remaining, toPlace, toText } from './inbox-place.js';
import type { ConversationPlace, Place, PlaceRange } from './inbox-place.js';
import { InboxReads } from './inbox-reads.js';
import type { InboxReadsOptions } from './inbox-reads.js';
import { storeMarkerScript } from './scripts/inbox.js';

/** Entries examined per step while few of them match. */
const STEP = 100;

/** Places in the order of reading, and the last one of them that was examined if there are more. */
interface FoundPlaces {
  readonly places: readonly ConversationPlace[];
  readonly next: Place | null;
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
    const range = { below: this.#place(after), above: this.#place(before), fromEnd };
    this.options.identity.requireUsable();
    const { versions } = await this.options.runner.run(() => this.options.heads.ofAll());
    const known = this.#cache.at(versions);
    // The conversations of a customer may be many, and are another list each time.
    if (query.conditions.among !== null) return this.#readPage(range, query, known.partitions);
    const key = JSON.stringify(query);
    const kept = known.pages.get(key);
    if (kept !== undefined) return kept;
    const page = await this.#readPage(range, query, known.partitions);
    known.pages.set(key, page);
    return page;
  }

  async #readPage(range: PlaceRange, query: InboxQuery, known: readonly KnownPartition[]): Promise<InboxPage> {
    const found = await this.#findPlaces(range, query, known);
    const places = range.fromEnd ? found.places.toReversed() : found.places;
    const read = await this.#reads.entries(places, query.reader, { withMessages: true, known });
    // An entry keeps the place at which it was found, so that the next page begins where this one ended.
    const entries = read.flatMap((entry, index) => {
      const place = places[index];
      return entry === null || place === undefined ? [] : [{ ...entry, cursor: this.#cursor(place) }];
    });
    return { entries, next: found.next === null ? null : this.#cursor(found.next) };
  }

  entries(conversationIds: readonly string[], reader: InboxReader): Promise<readonly (InboxEntry | null)[]> {
    const places = conversationIds.map((conversationId) => this.options.keys.locate({ conversationId }));
    return this.#reads.entries(places, reader, { withMessages: true, known: null });
  }

  async storeMarker(conversationId: string, { key }: InboxReader, { cursor, seen }: ReadMarker): Promise<void> {
    const { runner, commands, keys, cursors } = this.options;
    const scope = { conversationId };
    const [position = ''] = cursors.before(cursor, scope);
    await runner.run(() => storeMarkerScript.run(commands, keys.conversation(scope), readerHash(key), position, seen));
  }

  async #findPlaces(range: PlaceRange, { limit, reader, conditions }: InboxQuery, known: readonly KnownPartition[]): Promise<FoundPlaces> {
    const { states, customerId, unreadOnly, among } = conditions;
    if (among !== null) return firstOf(await this.#findAmong(among, range, { reader, conditions }, known), limit);
    const isFiltered = states !== null || customerId !== null || unreadOnly;
    if (!isFiltered) return firstOf(await this.#reads.places(range, limit + 1, known), limit);
    const matching: ConversationPlace[] = [];
    let rest = range;
    let last: Place | null = null;
    for (let examined = 0; examined < MAX_EXAMINED; examined += STEP) {
      const places = await this.#reads.places(rest, STEP, known);
      const entries = await this.#reads.entries(places, reader, { withMessages: false, known });
      for (const [index, place] of places.entries()) if (matches(entries[index] ?? null, conditions)) matching.push(place);
      if (matching.length > limit || places.length < STEP) return firstOf(matching, limit);
      last = places.at(-1) ?? null;
      if (last !== null) rest = remaining(range, last);
    }
    return { places: matching, next: last };
  }

  async #findAmong(
    conversationIds: readonly string[],
    range: PlaceRange,
    { reader, conditions }: Pick<InboxQuery, 'reader' | 'conditions'>,
    known: readonly KnownPartition[],
  ) {
    const { keys } = this.options;
    const locations = conversationIds.map((conversationId) => keys.locate({ conversationId }));
    const entries = await this.#reads.entries(locations, reader, { withMessages: false, known });
    const places = entries.flatMap((entry, index): ConversationPlace[] => {
      const [location, place] = [locations[index], this.#place(entry?.cursor ?? null)];
      return location === undefined || place === null || !matches(entry, conditions) ? [] : [{ ...location, time: place.time }];
    });
    return places.filter((place) => isWithin(range, place)).sort(readingOrder(range));
  }

  #place(cursor: string | null): Place | null {
    return cursor === null ? null : toPlace(decodeInboxCursor(cursor, this.options.identity.epoch, PLACE));
  }

  #cursor(place: Place): string {
    return encodeInboxCursor(this.options.identity.epoch, toText(place));
  }
}

/** As many places as are wanted, of more if there are more. */
const firstOf = (places: readonly ConversationPlace[], limit: number): FoundPlaces => ({
  places: places.slice(0, limit),
  next: places.length > limit ? (places[limit - 1] ?? null) : null,
});

function matches(entry: InboxEntry | null, { states, customerId, unreadOnly }: InboxConditions): boolean {
  if (entry === null) return false;
  if (states !== null && !states.includes(entry.state)) return false;
  if (customerId !== null && entry.customer?.customerId !== customerId) return false;
  return !unreadOnly || entry.unread > 0;
}
