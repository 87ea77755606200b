import type { Scope } from '../port/event-log.js';
import { PartitionReader } from './partition-reader.js';
import type { Entry, PageQuery, PageReaderOptions, UnpositionedEntry } from './partition-reader.js';
import { positionBefore } from './positions.js';
import type { Vector } from './positions.js';

/** How many entries of a partition are looked at in one read, at most, to find those of a shard. */
const MAX_PIECE = 250;

export interface Page {
  readonly entries: readonly Entry[];
  readonly hasMore: boolean;
  /** The positions of a reader that has read the page from its start. */
  readonly upTo: Vector;
}

/** Reads pages: of a conversation from its stream, of all conversations from the feeds of all partitions, merged by time of storage. */
export class PageReader {
  #lost = 0;

  constructor(private readonly options: PageReaderOptions) {}

  /** How many events were skipped because the feed lists them and the conversation's key was deleted by something else. */
  get lost(): number {
    return this.#lost;
  }

  /** Throws `CursorExpiredError` if `after` can no longer be resumed from. */
  async read(scope: Scope, query: PageQuery): Promise<Page> {
    const readers = this.#readers(scope, query);
    await Promise.all(readers.map((reader) => reader.fill()));
    const read: UnpositionedEntry[] = [];
    while (read.length <= query.limit) {
      const next = findNext(readers, query.fromEnd);
      if (next === null) break;
      read.push(next.shift());
      if (next.isStarved && read.length <= query.limit) await next.fill();
    }
    // One more than the limit was read, to see whether there are more.
    const hasMore = read.length > query.limit;
    if (hasMore) read.pop();
    const ends = readers.map(({ end }) => end);
    const entries = query.fromEnd
      ? addVectorsFromEnd(read, query.before ?? ends)
      : addVectors(read, query.after ?? readers.map(({ start }) => start));
    return { entries, hasMore, upTo: hasMore ? (entries.at(-1)?.vector ?? ends) : ends };
  }

  #readers(scope: Scope, query: PageQuery): PartitionReader[] {
    const onLost = (count: number) => {
      this.#lost += count;
    };
    const { keys } = this.options;
    const options = { ...this.options, query, onLost };
    if (scope !== 'all')
      return [new PartitionReader({ ...options, located: keys.conversation(scope), index: 0, pieceSize: query.limit + 1 })];
    // Some partitions have more than their share. Of a shard, few of the entries that are looked at are wanted, and only these are read.
    const wanted = Math.min(query.limit, Math.ceil((2 * query.limit) / keys.partitions)) + 1;
    const pieceSize = Math.max(wanted, Math.min(MAX_PIECE, wanted * (query.shard?.count ?? 1)));
    return keys.all().map((located, index) => new PartitionReader({ ...options, located, index, pieceSize }));
  }
}

/** The reader with the next event. */
function findNext(readers: readonly PartitionReader[], fromEnd: boolean): PartitionReader | null {
  let next: PartitionReader | null = null;
  for (const reader of readers) {
    if (reader.head === undefined) continue;
    const apart = next?.head === undefined ? -1 : reader.head.stored - next.head.stored;
    if (next === null || (fromEnd ? apart > 0 : apart < 0)) next = reader;
  }
  return next;
}

function addVectors(read: readonly UnpositionedEntry[], from: Vector): Entry[] {
  let vector = from;
  return read.map((entry) => {
    vector = vector.with(entry.index, entry.position);
    return { ...entry, vector };
  });
}

/** The same for events read backwards; returned in log order. */
function addVectorsFromEnd(read: readonly UnpositionedEntry[], from: Vector): Entry[] {
  let vector = from;
  return read
    .map((entry) => {
      const at = vector.with(entry.index, entry.position);
      vector = vector.with(entry.index, positionBefore(entry.position));
      return { ...entry, vector: at };
    })
    .reverse();
}
