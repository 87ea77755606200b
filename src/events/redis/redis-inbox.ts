import type { InboxReader } from '../../domain/inbox-reader.js';
import { decodeEvent } from '../port/event-codec.js';
import { MAX_EXAMINED } from '../port/inbox.js';
import type { Inbox, InboxConditions, InboxEntry, InboxPage, InboxQuery, ReadMarker } from '../port/inbox.js';
import { decodeInboxCursor, encodeInboxCursor } from '../port/inbox-cursor.js';
import { readerHash } from '../port/reader-hash.js';
import { toInboxEntry } from '../port/to-inbox-entry.js';
import type { CommandRunner } from './command-runner.js';
import type { Keys } from './keys.js';
import type { LogIdentity } from './log-identity.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Cursors } from './positions.js';
import type { Commands } from './script.js';
import { readInboxEntries, storeMarkerScript } from './scripts/inbox.js';
import type { InboxReply } from './scripts/inbox.js';

/** Time of the last activity (epoch µs), and partition: in one partition no two times are equal. */
const PLACE = /^\d{1,16}-\d{1,3}$/;
/** Entries examined per step while few of them match. */
const STEP = 100;

/** Where a conversation (a hash) stands. */
interface Place {
  readonly time: number;
  readonly partition: number;
  readonly hash: string;
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
    const after = query.after === null ? null : decodeInboxCursor(query.after, this.options.identity.epoch, PLACE);
    const { places, next } = await this.#findPlaces(after, query);
    const read = await this.#read(places, query.reader, true);
    // An entry keeps the place at which it was found, so that the next page begins where this one ended.
    const entries = read.flatMap((entry, index) => {
      const place = places[index];
      return entry === null || place === undefined ? [] : [{ ...entry, cursor: this.#cursor(place) }];
    });
    return { entries, next: next === null ? null : this.#cursor(next) };
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

  async #findPlaces(
    after: string | null,
    { limit, reader, conditions }: InboxQuery,
  ): Promise<{ readonly places: readonly Place[]; readonly next: Place | null }> {
    const { states, customerId, unreadOnly, among } = conditions;
    if (among !== null) return this.#findAmong(among, after, { limit, reader, conditions });
    const isFiltered = states !== null || customerId !== null || unreadOnly;
    if (!isFiltered) {
      const places = await this.#placesBelow(after, limit + 1);
      return { places: places.slice(0, limit), next: places.length > limit ? (places[limit - 1] ?? null) : null };
    }
    const matching: Place[] = [];
    let last: Place | null = null;
    for (let examined = 0; examined < MAX_EXAMINED; examined += STEP) {
      const places = await this.#placesBelow(last === null ? after : toText(last), STEP);
      const entries = await this.#read(places, reader, false);
      for (const [index, place] of places.entries()) if (matches(entries[index] ?? null, conditions)) matching.push(place);
      if (matching.length > limit) return { places: matching.slice(0, limit), next: matching[limit - 1] ?? null };
      if (places.length < STEP) return { places: matching, next: null };
      last = places.at(-1) ?? null;
    }
    return { places: matching, next: last };
  }

  async #findAmong(conversationIds: readonly string[], after: string | null, { limit, reader, conditions }: Omit<InboxQuery, 'after'>) {
    const { keys } = this.options;
    const locations = conversationIds.map((conversationId) => keys.locate({ conversationId }));
    const entries = await this.#read(locations, reader, false);
    const places = entries.flatMap((entry, index): Place[] => {
      const location = locations[index];
      if (entry === null || location === undefined || !matches(entry, conditions)) return [];
      return [{ ...location, time: Number(decodeInboxCursor(entry.cursor, this.options.identity.epoch, PLACE).split('-')[0]) }];
    });
    const bound = after === null ? null : toPlace(after);
    const below = places.filter((place) => bound === null || inOrder(bound, place) < 0).sort(inOrder);
    return { places: below.slice(0, limit), next: below.length > limit ? (below[limit - 1] ?? null) : null };
  }

  /** The next places below one, over all partitions. */
  async #placesBelow(after: string | null, count: number): Promise<Place[]> {
    const { runner, commands, keys, identity } = this.options;
    identity.requireUsable();
    const [time = '', of = ''] = after?.split('-') ?? [];
    const found = await runner.run(() =>
      Promise.all(
        keys.all().map(async ({ base }, partition): Promise<Place[]> => {
          // Of equal times, the lower partition is first.
          const highest = after === null ? '+inf' : partition > Number(of) ? time : `(${time}`;
          const members = await commands.zrange(`${base}kb`, highest, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, count, 'WITHSCORES');
          return members.flatMap((hash, index) => (index % 2 === 0 ? [{ partition, hash, time: Number(members[index + 1]) }] : []));
        }),
      ),
    );
    return found.flat().sort(inOrder).slice(0, count);
  }

  /** Entries in the order of their places; those of a partition in one step. */
  async #read(
    places: readonly Pick<Place, 'partition' | 'hash'>[],
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
          for (const [at, index] of indices.entries()) entries[index] = this.#toEntry(replies[at] ?? null, partition, author);
        }),
      ),
    );
    return entries;
  }

  #toEntry(reply: InboxReply, partition: number, author: InboxReader['author']): InboxEntry | null {
    if (reply === null) return null;
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
      cursor: this.#cursor({ time: Number(time), partition, hash: '' }),
      lastActivityAt: new Date(Number(received)),
      lastActivityCursor: cursors.encode(scope, [activity]),
      lastMessage,
      othersMessages: Number(messages) - Number(author === 'CUSTOMER' ? byCustomer : byBot),
      readCursor: position === undefined ? null : cursors.encode(scope, [position]),
      shown,
      seen: seen === undefined ? null : Number(seen),
    });
  }

  #cursor(place: Place): string {
    return encodeInboxCursor(this.options.identity.epoch, toText(place));
  }
}

/** From the top. */
const inOrder = (a: Omit<Place, 'hash'>, b: Omit<Place, 'hash'>): number => b.time - a.time || a.partition - b.partition;

function toPlace(text: string): Omit<Place, 'hash'> {
  const [time, partition] = text.split('-');
  return { time: Number(time), partition: Number(partition) };
}

const toText = ({ time, partition }: Place): string => `${time}-${partition}`;

function matches(entry: InboxEntry | null, { states, customerId, unreadOnly }: InboxConditions): boolean {
  if (entry === null) return false;
  if (states !== null && !states.includes(entry.state)) return false;
  if (customerId !== null && entry.customer?.customerId !== customerId) return false;
  return !unreadOnly || entry.unread > 0;
}
