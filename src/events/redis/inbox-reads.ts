import type { InboxReader } from '../../domain/inbox-reader.js';
import type { InboxSummary } from '../../domain/inbox-summary.js';
import { decodeEvent } from '../port/event-codec.js';
import type { InboxEntry } from '../port/inbox.js';
import { encodeInboxCursor } from '../port/inbox-cursor.js';
import { readerHash } from '../port/reader-hash.js';
import { toInboxEntry } from '../port/to-inbox-entry.js';
import type { CommandRunner } from './command-runner.js';
import type { InboxReading, KnownEntry } from './inbox-cache.js';
import { readingOrder, scoresOf, toText } from './inbox-position.js';
import type { ConversationPosition, InboxRange } from './inbox-position.js';
import { completeSummary, storeSummary } from './inbox-summaries.js';
import type { Keys, Located, Location } from './keys.js';
import type { LogIdentity } from './log-identity.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Cursors } from './positions.js';
import type { Commands } from './script.js';
import { readInboxEntries, readInboxPositions } from './scripts/inbox.js';
import type { InboxReply } from './scripts/inbox.js';
import { versionOf } from './scripts/reading.js';

export interface InboxReadsOptions {
  readonly commands: Commands;
  readonly keys: Keys;
  readonly identity: Pick<LogIdentity, 'epoch' | 'requireUsable'>;
  readonly cursors: Cursors;
  readonly runner: CommandRunner;
}

/** What an entry takes without its summary and its last message, in characters. */
const ENTRY_SIZE = 600;

/** Reads positions and entries of the inbox, those of a partition in one command, unless they are known. */
export class InboxReads {
  constructor(private readonly options: InboxReadsOptions) {}

  /** The first positions of a range, over all partitions, in its order of reading. */
  async positions(range: InboxRange, count: number, reading: InboxReading): Promise<ConversationPosition[]> {
    const partitions = reading.known.partitions.keys();
    const found = await Promise.all([...partitions].map((partition) => this.#positionsOf(partition, range, count, reading)));
    return found.flat().sort(readingOrder(range)).slice(0, count);
  }

  async #positionsOf(partition: number, range: InboxRange, count: number, reading: InboxReading): Promise<readonly ConversationPosition[]> {
    const { lowest, highest } = scoresOf(range, partition);
    const key = `${lowest} ${highest} ${range.fromEnd} ${count}`;
    const known = reading.positions(partition, key);
    if (known !== undefined) return known;
    const { runner, commands, keys, identity } = this.options;
    identity.requireUsable();
    const { fromEnd } = range;
    const query = { lowest, highest, fromEnd, count };
    const [last, changed, members] = await runner.run(() => readInboxPositions(commands, keys.base(partition), query));
    const read = members.flatMap((hash, at) => (at % 2 === 0 ? [{ partition, hash, time: Number(members[at + 1]) }] : []));
    reading.toKeep(partition, versionOf([last, changed]))?.positions.set(key, read);
    return read;
  }

  /** Entries in the order of their positions; those of a partition that are not known in one step. */
  async entries(
    positions: readonly Pick<ConversationPosition, 'partition' | 'hash'>[],
    reader: InboxReader,
    { withMessages, reading }: { readonly withMessages: boolean; readonly reading: InboxReading | null },
  ): Promise<readonly (InboxEntry | null)[]> {
    const entries: (InboxEntry | null)[] = positions.map(() => null);
    const unknown = new Map<number, number[]>();
    const view = `${readerHash(reader.key)} ${reader.author} ${withMessages} `;
    for (const [index, { partition, hash }] of positions.entries()) {
      const found = reading?.entry(partition, view + hash);
      if (found === undefined) unknown.set(partition, [...(unknown.get(partition) ?? []), index]);
      else entries[index] = found.entry;
    }
    await Promise.all(
      [...unknown].map(async ([partition, indices]) => {
        const hashes = indices.map((index) => positions[index]?.hash ?? '');
        const { version, found } = await this.#readEntries(partition, hashes, reader, withMessages);
        const kept = reading?.toKeep(partition, version);
        for (const [at, read] of found.entries()) {
          entries[indices[at] ?? 0] = read.entry;
          kept?.entries.set(view + (hashes[at] ?? ''), read);
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
  ): Promise<{ readonly version: string; readonly found: readonly KnownEntry[] }> {
    const { runner, commands, keys } = this.options;
    const options = { reader: readerHash(key), withMessages };
    const [last, changed, replies] = await runner.run(() => readInboxEntries(commands, keys.base(partition), hashes, options));
    const found = replies.map((reply, at) => ({
      entry: this.#toEntry(reply, { partition, hash: hashes[at] ?? '' }, author),
      size: ENTRY_SIZE + (reply?.[4]?.length ?? 0) + (reply?.[9]?.[1].length ?? 0),
    }));
    return { version: versionOf([last, changed]), found };
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
