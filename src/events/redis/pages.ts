import type { Scope } from '../port/event-log.js';
import { PartitionReader } from './partition-reader.js';
import type { Entry, PageQuery, PageReaderOptions, UnpositionedEntry } from './partition-reader.js';
import { positionBefore } from './positions.js';
import type { Vector } from './positions.js';

export interface Page {
  readonly entries: readonly Entry[];
  readonly hasMore: boolean;
  /** Where a reader stands who has read the page from its start. */
  readonly upTo: Vector;
}

/** Reads pages: of a conversation from its stream, of all conversations from the feeds of all partitions, merged by the times at which events were stored. */
export class PageReader {
  #lost = 0;

  constructor(private readonly options: PageReaderOptions) {}

  /** How often an event was skipped that its partition names, and its conversation has no more: its key was deleted by somebody else. */
  get lost(): number {
    return this.#lost;
  }

  /** Throws `CursorExpiredError` where `after` cannot be followed. */
  async read(scope: Scope, query: PageQuery): Promise<Page> {
    const readers = this.#readers(scope, query);
    await Promise.all(readers.map((reader) => reader.fill()));
    const taken: UnpositionedEntry[] = [];
    while (taken.length <= query.limit) {
      const next = nextOf(readers, query.fromEnd);
      if (next === null) break;
      taken.push(next.take());
      if (next.isStarved && taken.length <= query.limit) await next.fill();
    }
    // One more was asked for than is given, to see whether there are more.
    const hasMore = taken.length > query.limit;
    if (hasMore) taken.pop();
    const ends = readers.map(({ end }) => end);
    const entries = query.fromEnd
      ? withVectorsFromEnd(taken, query.before ?? ends)
      : withVectors(taken, query.after ?? readers.map(({ start }) => start));
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
    // Some partitions have more than their share.
    const pieceSize = Math.min(query.limit, Math.ceil((2 * query.limit) / keys.partitions)) + 1;
    return keys.all().map((located, index) => new PartitionReader({ ...options, located, index, pieceSize }));
  }
}

/** Whose event comes next. */
function nextOf(readers: readonly PartitionReader[], fromEnd: boolean): PartitionReader | null {
  let next: PartitionReader | null = null;
  for (const reader of readers) {
    if (reader.head === undefined) continue;
    const apart = next?.head === undefined ? -1 : reader.head.stored - next.head.stored;
    if (next === null || (fromEnd ? apart > 0 : apart < 0)) next = reader;
  }
  return next;
}

function withVectors(taken: readonly UnpositionedEntry[], from: Vector): Entry[] {
  let vector = from;
  return taken.map((entry) => {
    vector = vector.with(entry.index, entry.position);
    return { ...entry, vector };
  });
}

/** The same for events that were read backwards; they are given back in log order. */
function withVectorsFromEnd(taken: readonly UnpositionedEntry[], from: Vector): Entry[] {
  let vector = from;
  return taken
    .map((entry) => {
      const at = vector.with(entry.index, entry.position);
      vector = vector.with(entry.index, positionBefore(entry.position));
      return { ...entry, vector: at };
    })
    .reverse();
}
