import type { EventType } from '../../domain/event.js';
import type { MessageName } from '../../domain/message-name.js';
import { cursorExpired } from '../cursor.js';
import type { Scope } from '../event-log.js';
import type { Keys } from './keys.js';
import { nameOf } from './name-json.js';
import { placeBefore } from './places.js';
import type { Place, Vector } from './places.js';
import type { Commands } from './script.js';
import { pageScript } from './scripts/reading.js';

/** A stored event, as it was read. */
export interface Entry {
  /** Which place of the scope's vector is the event's. */
  readonly index: number;
  readonly place: Place;
  readonly json: string;
  readonly name: MessageName | null;
  /** When it was stored, by Redis's clock, in microseconds: events of different partitions are put in this order. */
  readonly stored: number;
  /** Where a reader stands who has read up to this event. */
  readonly vector: Vector;
}

export interface Page {
  readonly entries: readonly Entry[];
  readonly hasMore: boolean;
  /** Where a reader stands who has read the page from its start. */
  readonly upTo: Vector;
}

export interface PageQuery {
  /** Null: from the start, whatever was removed. */
  readonly after: Vector | null;
  readonly before: Vector | null;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly types: readonly EventType[] | null;
}

/** Reads pages: of a conversation from its stream, of all conversations from the feeds of all partitions, merged by the times at which events were stored. */
export class Pages {
  constructor(
    private readonly commands: Commands,
    private readonly keys: Keys,
  ) {}

  /** Throws `CursorExpiredError` where `after` cannot be followed. */
  async read(scope: Scope, query: PageQuery): Promise<Page> {
    const readers = this.#readers(scope, query);
    await Promise.all(readers.map((reader) => reader.fill()));
    const taken: Omit<Entry, 'vector'>[] = [];
    while (taken.length <= query.limit) {
      const next = nextOf(readers, query.fromEnd);
      if (next === null) break;
      taken.push(next.take());
      if (next.isStarved) await next.fill();
    }
    // One more was asked for than is given, to see whether there are more.
    const hasMore = taken.length > query.limit;
    if (hasMore) taken.pop();
    const ends = readers.map(({ end }) => end);
    const entries = query.fromEnd
      ? placedFromEnd(taken, query.before ?? ends)
      : placed(taken, query.after ?? readers.map(({ start }) => start));
    return { entries, hasMore, upTo: hasMore ? (entries.at(-1)?.vector ?? ends) : ends };
  }

  #readers(scope: Scope, query: PageQuery): PartitionReader[] {
    if (scope !== 'all') {
      const { partition, hash } = this.keys.locate(scope);
      return [new PartitionReader(this.commands, this.keys.base(partition), hash, 0, query.limit + 1, query)];
    }
    // Some partitions have more than their share.
    const share = Math.min(query.limit, Math.ceil((2 * query.limit) / this.keys.partitions)) + 1;
    return Array.from(
      { length: this.keys.partitions },
      (_, index) => new PartitionReader(this.commands, this.keys.base(index), '', index, share, query),
    );
  }
}

/** Reads on in one partition, a piece at a time. */
class PartitionReader {
  start: Place = '0-0';
  end: Place = '0-0';
  #buffer: Omit<Entry, 'vector'>[] = [];
  #isComplete = false;
  /** Empty: open. */
  #after: Place;
  #before: Place;

  constructor(
    private readonly commands: Commands,
    private readonly base: string,
    private readonly hash: string,
    private readonly index: number,
    private readonly pieceSize: number,
    private readonly query: PageQuery,
  ) {
    this.#after = query.after?.[index] ?? '';
    this.#before = query.before?.[index] ?? '';
  }

  /** The next event, unless there is none. */
  get head(): Omit<Entry, 'vector'> | undefined {
    return this.#buffer[0];
  }

  get isStarved(): boolean {
    return this.#buffer.length === 0 && !this.#isComplete;
  }

  take(): Omit<Entry, 'vector'> {
    const head = this.#buffer.shift();
    if (head === undefined) throw new Error('Nothing was read');
    return head;
  }

  /** Reads until it knows the next event, or that there is none. */
  async fill(): Promise<void> {
    const { fromEnd, types } = this.query;
    while (this.isStarved) {
      const wanted = types === null ? '*' : `,${types.join(',')},`;
      const reply = await pageScript.run(
        this.commands,
        this.base,
        ...[this.hash, this.#after, this.#before, this.pieceSize, fromEnd ? '1' : '0', wanted],
      );
      if (reply[0] === 'EXPIRED') throw cursorExpired();
      const [, start, end, upTo, more, entries] = reply;
      this.start = start;
      this.end = end;
      this.#isComplete = more === 0;
      if (upTo !== null && fromEnd) this.#before = upTo;
      else if (upTo !== null) this.#after = upTo;
      this.#buffer = entries.map(([place, json, name, stored]) => ({
        ...{ index: this.index, place, json },
        ...{ name: nameOf(name), stored: Number(stored) },
      }));
    }
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

function placed(taken: readonly Omit<Entry, 'vector'>[], from: Vector): Entry[] {
  let vector = from;
  return taken.map((entry) => {
    vector = vector.with(entry.index, entry.place);
    return { ...entry, vector };
  });
}

/** The same for events that were read backwards; they are given back in log order. */
function placedFromEnd(taken: readonly Omit<Entry, 'vector'>[], from: Vector): Entry[] {
  let vector = from;
  return taken
    .map((entry) => {
      const at = vector.with(entry.index, entry.place);
      vector = vector.with(entry.index, placeBefore(entry.place));
      return { ...entry, vector: at };
    })
    .reverse();
}
