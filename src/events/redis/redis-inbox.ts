import type { InboxReader } from '../../domain/inbox-reader.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { decodeEvent } from '../port/event-codec.js';
import { MAX_EXAMINED } from '../port/inbox.js';
import type { Inbox, InboxConditions, InboxEntry, InboxPage, InboxQuery, ReadMarker } from '../port/inbox.js';
import { decodeInboxCursor, encodeInboxCursor } from '../port/inbox-cursor.js';
import { readerHash } from '../port/reader-hash.js';
import { toInboxEntry } from '../port/to-inbox-entry.js';
import type { CommandRunner } from './command-runner.js';
import { PLACE, isWithin, readingOrder, remaining, scoresOf, toPlace, toText } from './inbox-place.js';
import type { Place, PlaceRange } from './inbox-place.js';
import { completeSummary, storeSummary } from './inbox-summaries.js';
import type { Keys, Located, Location } from './keys.js';
import type { LogIdentity } from './log-identity.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Cursors } from './positions.js';
import type { Commands } from './script.js';
import { readInboxEntries, storeMarkerScript } from './scripts/inbox.js';
import type { InboxReply } from './scripts/inbox.js';

/** Entries examined per step while few of them match. */
const STEP = 100;

/** Where a conversation (a hash) stands. */
interface ConversationPlace extends Place {
  readonly hash: string;
}

/** Places in the order of reading, and the last one of them that was examined if there are more. */
interface FoundPlaces {
  readonly places: readonly ConversationPlace[];
  readonly next: Place | null;
}

export interface RedisInboxOptions {
  readonly commands: Commands;
  readonly keys: Keys;
  readonly identity: Pick<LogIdentity, 'epoch' | 'requireUsable'>;
  readonly cursors: Cursors;
  readonly runner: CommandRunner;
}

/** The inbox in Redis: that of each partition by itself, merged by the time of the last activity. */
export class RedisInbox implements Inbox {
  constructor(private readonly options: RedisInboxOptions) {}

  async page(query: InboxQuery): Promise<InboxPage> {
    const { after, before, fromEnd } = query;
    const found = await this.#findPlaces({ below: this.#place(after), above: this.#place(before), fromEnd }, query);
    const places = fromEnd ? found.places.toReversed() : found.places;
    const read = await this.#read(places, query.reader, true);
    // An entry keeps the place at which it was found, so that the next page begins where this one ended.
    const entries = read.flatMap((entry, index) => {
      const place = places[index];
      return entry === null || place === undefined ? [] : [{ ...entry, cursor: this.#cursor(place) }];
    });
    return { entries, next: found.next === null ? null : this.#cursor(found.next) };
  }

  entries(conversationIds: readonly string[], reader: InboxReader): Promise<readonly (InboxEntry | null)[]> {
    const places = conversationIds.map((conversationId) => this.options.keys.locate({ conversationId }));
    return this.#read(places, reader, true);
  }

  async storeMarker(conversationId: string, { key }: InboxReader, { cursor, seen }: ReadMarker): Promise<void> {
    const { runner, commands, keys, cursors } = this.options;
    const scope = { conversationId };
    const [position = ''] = cursors.before(cursor, scope);
    await runner.run(() => storeMarkerScript.run(commands, keys.conversation(scope), readerHash(key), position, seen));
  }

  async #findPlaces(range: PlaceRange, { limit, reader, conditions }: InboxQuery): Promise<FoundPlaces> {
    const { states, customerId, unreadOnly, among } = conditions;
    if (among !== null) return firstOf(await this.#findAmong(among, range, reader, conditions), limit);
    const isFiltered = states !== null || customerId !== null || unreadOnly;
    if (!isFiltered) return firstOf(await this.#placesIn(range, limit + 1), limit);
    const matching: ConversationPlace[] = [];
    let rest = range;
    let last: Place | null = null;
    for (let examined = 0; examined < MAX_EXAMINED; examined += STEP) {
      const places = await this.#placesIn(rest, STEP);
      const entries = await this.#read(places, reader, false);
      for (const [index, place] of places.entries()) if (matches(entries[index] ?? null, conditions)) matching.push(place);
      if (matching.length > limit || places.length < STEP) return firstOf(matching, limit);
      last = places.at(-1) ?? null;
      if (last !== null) rest = remaining(range, last);
    }
    return { places: matching, next: last };
  }

  async #findAmong(conversationIds: readonly string[], range: PlaceRange, reader: InboxReader, conditions: InboxConditions) {
    const { keys } = this.options;
    const locations = conversationIds.map((conversationId) => keys.locate({ conversationId }));
    const entries = await this.#read(locations, reader, false);
    const places = entries.flatMap((entry, index): ConversationPlace[] => {
      const [location, place] = [locations[index], this.#place(entry?.cursor ?? null)];
      return location === undefined || place === null || !matches(entry, conditions) ? [] : [{ ...location, time: place.time }];
    });
    return places.filter((place) => isWithin(range, place)).sort(readingOrder(range));
  }

  /** The first places of a range, over all partitions, in its order of reading. */
  async #placesIn(range: PlaceRange, count: number): Promise<ConversationPlace[]> {
    const { runner, commands, keys, identity } = this.options;
    identity.requireUsable();
    const found = await runner.run(() =>
      Promise.all(
        keys.all().map(async ({ base }, partition): Promise<ConversationPlace[]> => {
          const { lowest, highest } = scoresOf(range, partition);
          const index = `${base}kb`;
          const members = range.fromEnd
            ? await commands.zrange(index, lowest, highest, 'BYSCORE', 'LIMIT', 0, count, 'WITHSCORES')
            : await commands.zrange(index, highest, lowest, 'BYSCORE', 'REV', 'LIMIT', 0, count, 'WITHSCORES');
          return members.flatMap((hash, at) => (at % 2 === 0 ? [{ partition, hash, time: Number(members[at + 1]) }] : []));
        }),
      ),
    );
    return found.flat().sort(readingOrder(range)).slice(0, count);
  }

  /** Entries in the order of their places; those of a partition in one step. */
  async #read(
    places: readonly Pick<ConversationPlace, 'partition' | 'hash'>[],
    { key, author }: InboxReader,
    withMessages: boolean,
  ): Promise<readonly (InboxEntry | null)[]> {
    const { runner, commands, keys } = this.options;
    const byPartition = new Map<number, number[]>();
    for (const [index, { partition }] of places.entries()) byPartition.set(partition, [...(byPartition.get(partition) ?? []), index]);
    const entries: (InboxEntry | null)[] = places.map(() => null);
    const options = { reader: readerHash(key), withMessages };
    await runner.run(() =>
      Promise.all(
        [...byPartition].map(async ([partition, indices]) => {
          const hashes = indices.map((index) => places[index]?.hash ?? '');
          const replies = await readInboxEntries(commands, keys.base(partition), hashes, options);
          for (const [at, index] of indices.entries())
            entries[index] = this.#toEntry(replies[at] ?? null, { partition, hash: hashes[at] ?? '' }, author);
        }),
      ),
    );
    return entries;
  }

  #toEntry(reply: InboxReply, { partition, hash }: Location, author: InboxReader['author']): InboxEntry | null {
    if (reply === null) return null;
    const summary = completeSummary(reply);
    if (summary !== null) this.#keepSummary({ base: this.options.keys.base(partition), hash }, reply, summary);
    const [time, conversationId, activity, received, shown, messages, byCustomer, byBot, marker, message] = reply;
    const scope = { conversationId };
    const { cursors } = this.options;
    const [position, seen] = marker?.split(' ') ?? [];
    const lastMessage =
      message === null
        ? null
        : { event: decodeEvent(message[1]), cursor: cursors.encode(scope, [message[0]]), identity: decodeMessageIdentity(message[2]) };
    return toInboxEntry({
      conversationId,
      cursor: this.#cursor({ time: Number(time), partition }),
      lastActivityAt: new Date(Number(received)),
      lastActivityCursor: cursors.encode(scope, [activity]),
      lastMessage,
      othersMessages: Number(messages) - Number(author === 'CUSTOMER' ? byCustomer : byBot),
      readCursor: position === undefined ? null : cursors.encode(scope, [position]),
      shown: summary === null ? shown : JSON.stringify(summary.shown),
      seen: seen === undefined ? null : Number(seen),
    });
  }

  /** Stores what reading has completed; nobody waits for it. If that fails, or something has changed, it is completed again. */
  #keepSummary(located: Located, reply: NonNullable<InboxReply>, summary: InboxSummary): void {
    storeSummary(this.options.commands, located, reply[10], summary).catch(() => undefined);
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
