import type { InboxReader } from '../../domain/inbox-reader.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { decodeEvent } from '../port/event-codec.js';
import type { InboxEntry } from '../port/inbox.js';
import { encodeInboxCursor } from '../port/inbox-cursor.js';
import { readerHash } from '../port/reader-hash.js';
import { toInboxEntry } from '../port/to-inbox-entry.js';
import type { CommandRunner } from './command-runner.js';
import type { KnownEntry, KnownPartition } from './inbox-cache.js';
import { readingOrder, scoresOf, toText } from './inbox-place.js';
import type { ConversationPlace, PlaceRange } from './inbox-place.js';
import { completeSummary, storeSummary } from './inbox-summaries.js';
import type { Keys, Located, Location } from './keys.js';
import type { LogIdentity } from './log-identity.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Cursors } from './positions.js';
import type { Commands } from './script.js';
import { readInboxEntries } from './scripts/inbox.js';
import type { InboxReply } from './scripts/inbox.js';

export interface InboxReadsOptions {
  readonly commands: Commands;
  readonly keys: Keys;
  readonly identity: Pick<LogIdentity, 'epoch' | 'requireUsable'>;
  readonly cursors: Cursors;
  readonly runner: CommandRunner;
}

/** What an entry takes without its last message, in characters. */
const ENTRY_SIZE = 600;

/** Reads places and entries of the inbox, those of a partition in one command, unless they are known. */
export class InboxReads {
  constructor(private readonly options: InboxReadsOptions) {}

  /** The first places of a range, over all partitions, in its order of reading. */
  async places(range: PlaceRange, count: number, known: readonly KnownPartition[]): Promise<ConversationPlace[]> {
    const found = await Promise.all(known.map((partition, index) => this.#placesOf(index, partition, range, count)));
    return found.flat().sort(readingOrder(range)).slice(0, count);
  }

  async #placesOf(partition: number, { places }: KnownPartition, range: PlaceRange, count: number): Promise<readonly ConversationPlace[]> {
    const { lowest, highest } = scoresOf(range, partition);
    const key = `${lowest} ${highest} ${range.fromEnd} ${count}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    const read = await this.#readPlaces(partition, { lowest, highest, fromEnd: range.fromEnd, count });
    places.set(key, read);
    return read;
  }

  async #readPlaces(
    partition: number,
    {
      lowest,
      highest,
      fromEnd,
      count,
    }: { readonly lowest: string; readonly highest: string; readonly fromEnd: boolean; readonly count: number },
  ): Promise<readonly ConversationPlace[]> {
    const { runner, commands, keys, identity } = this.options;
    identity.requireUsable();
    const index = `${keys.base(partition)}kb`;
    const members = await runner.run(() =>
      fromEnd
        ? commands.zrange(index, lowest, highest, 'BYSCORE', 'LIMIT', 0, count, 'WITHSCORES')
        : commands.zrange(index, highest, lowest, 'BYSCORE', 'REV', 'LIMIT', 0, count, 'WITHSCORES'),
    );
    return members.flatMap((hash, at) => (at % 2 === 0 ? [{ partition, hash, time: Number(members[at + 1]) }] : []));
  }

  /** Entries in the order of their places; those of a partition that are not known in one step. */
  async entries(
    places: readonly Pick<ConversationPlace, 'partition' | 'hash'>[],
    reader: InboxReader,
    { withMessages, known }: { readonly withMessages: boolean; readonly known: readonly KnownPartition[] | null },
  ): Promise<readonly (InboxEntry | null)[]> {
    const entries: (InboxEntry | null)[] = places.map(() => null);
    const unknown = new Map<number, number[]>();
    const view = `${readerHash(reader.key)} ${reader.author} ${withMessages} `;
    for (const [index, { partition, hash }] of places.entries()) {
      const found = known?.[partition]?.entries.get(view + hash);
      if (found === undefined) unknown.set(partition, [...(unknown.get(partition) ?? []), index]);
      else entries[index] = found.entry;
    }
    await Promise.all(
      [...unknown].map(async ([partition, indices]) => {
        const hashes = indices.map((index) => places[index]?.hash ?? '');
        for (const [at, read] of (await this.#readEntries(partition, hashes, reader, withMessages)).entries()) {
          entries[indices[at] ?? 0] = read.entry;
          known?.[partition]?.entries.set(view + (hashes[at] ?? ''), read);
        }
      }),
    );
    return entries;
  }

  async #readEntries(
    partition: number,
    hashes: readonly string[],
    { key, author }: InboxReader,
    withMessages: boolean,
  ): Promise<readonly KnownEntry[]> {
    const { runner, commands, keys } = this.options;
    const options = { reader: readerHash(key), withMessages };
    const replies = await runner.run(() => readInboxEntries(commands, keys.base(partition), hashes, options));
    return replies.map((reply, at) => ({
      entry: this.#toEntry(reply, { partition, hash: hashes[at] ?? '' }, author),
      size: ENTRY_SIZE + (reply?.[9]?.[1].length ?? 0),
    }));
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
      cursor: encodeInboxCursor(this.options.identity.epoch, toText({ time: Number(time), partition })),
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
}
