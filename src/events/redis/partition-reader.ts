import type { EventType } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import type { Shard } from '../../domain/shard.js';
import { isHashInShard } from './feed-shard.js';
import { cursorExpired } from '../port/cursor.js';
import type { LogIdentity } from './log-identity.js';
import type { Keys, Located } from './keys.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Position, Vector } from './positions.js';
import type { Argument, Commands } from './script.js';
import { readFeedScript, readConversationScript, readEntries } from './scripts/reading.js';
import type { EntryReply, FeedReply } from './scripts/reading.js';

/** A stored event as read. */
export interface Entry {
  /** Index of the event's position in the scope's vector. */
  readonly index: number;
  readonly position: Position;
  readonly json: string;
  readonly identity: MessageIdentity | null;
  /** Time of storage by Redis's clock, in microseconds: the merge order across partitions. */
  readonly stored: number;
  /** The positions of a reader that has read up to this event. */
  readonly vector: Vector;
}

export interface PageQuery {
  /** Null means from the start, ignoring the low watermark. */
  readonly after: Vector | null;
  readonly before: Vector | null;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly types: readonly EventType[] | null;
  /** Of a feed: only events of conversations in this shard are read. */
  readonly shard?: Shard | null | undefined;
  /** True if `after` is the position of this same read, not a caller's cursor: events removed since are skipped. */
  readonly isContinuation?: boolean;
}

/** An entry whose vector is not known yet. */
export type UnpositionedEntry = Omit<Entry, 'vector'>;

interface Piece {
  readonly start: Position;
  readonly end: Position;
  readonly upTo: Position | null;
  readonly more: boolean;
  readonly entries: readonly UnpositionedEntry[];
}

export interface PageReaderOptions {
  readonly commands: Commands;
  readonly keys: Keys;
  readonly identity: Pick<LogIdentity, 'epoch' | 'renew' | 'requireUsable'>;
}

interface PartitionReaderOptions extends PageReaderOptions {
  /** A conversation, or, with an empty hash, a partition's feed. */
  readonly located: Located;
  readonly index: number;
  readonly pieceSize: number;
  readonly query: PageQuery;
  readonly onLost: (count: number) => void;
}

/** Reads one partition, a chunk at a time. */
export class PartitionReader {
  start: Position = '0-0';
  end: Position = '0-0';
  #buffer: UnpositionedEntry[] = [];
  #isComplete = false;
  /** Empty: unbounded. */
  #after: Position;
  #before: Position;

  /** Whether `#after` is this reader's own position. */
  #isContinuation: boolean;

  constructor(private readonly options: PartitionReaderOptions) {
    const { query, index } = options;
    this.#after = query.after?.[index] ?? '';
    this.#before = query.before?.[index] ?? '';
    this.#isContinuation = query.isContinuation ?? false;
  }

  /** The next event, if any. */
  get head(): UnpositionedEntry | undefined {
    return this.#buffer[0];
  }

  get isStarved(): boolean {
    return this.#buffer.length === 0 && !this.#isComplete;
  }

  shift(): UnpositionedEntry {
    const head = this.#buffer.shift();
    if (head === undefined) throw new Error('Nothing was read');
    return head;
  }

  /** Reads until the next event, or the end, is known. */
  async fill(): Promise<void> {
    while (this.isStarved) {
      const piece = await this.#read();
      // The log was replaced, and this gateway has adopted the new one: no cursor of the old one is valid in it.
      if (piece === 'OTHER' && this.#after !== '') throw cursorExpired();
      if (piece === 'OTHER') continue;
      const { start, end, upTo, more, entries } = piece;
      this.start = start;
      this.end = end;
      this.#isComplete = !more;
      if (upTo !== null && this.options.query.fromEnd) this.#before = upTo;
      else if (upTo !== null) {
        this.#after = upTo;
        this.#isContinuation = true;
      }
      this.#buffer = [...entries];
    }
  }

  async #read(): Promise<Piece | 'OTHER'> {
    const { commands, located, identity } = this.options;
    identity.requireUsable();
    const reply =
      located.hash === ''
        ? await readFeedScript.run(commands, located, ...this.#args())
        : await readConversationScript.run(commands, located, ...this.#args());
    if (reply[0] === 'EXPIRED') throw cursorExpired();
    if (reply[0] === 'OTHER') {
      await identity.renew();
      return 'OTHER';
    }
    const [, start, end, upTo, more, entries] = reply;
    const read =
      located.hash === '' ? await this.#find(this.#inShard(entries as readonly FeedReply[])) : (entries as readonly EntryReply[]);
    const { index } = this.options;
    const unplaced = read.map(([position, json, name, stored]) => ({
      index,
      position,
      json,
      identity: decodeMessageIdentity(name),
      stored: Number(stored),
    }));
    return { start, end, upTo, more: more === 1, entries: unplaced };
  }

  #args(): Argument[] {
    const { located, pieceSize, query, identity } = this.options;
    const wanted = query.types === null ? '*' : `,${query.types.join(',')},`;
    const range = [this.#after, this.#before, pieceSize, query.fromEnd ? '1' : '0', wanted];
    return [located.hash, ...range, identity.epoch, this.#isContinuation ? '1' : '0'];
  }

  #inShard(entries: readonly FeedReply[]): readonly FeedReply[] {
    const { shard } = this.options.query;
    return shard === null || shard === undefined ? entries : entries.filter(([, conversation]) => isHashInShard(conversation, shard));
  }

  /** Events of the feed, without those removed meanwhile. */
  async #find(named: readonly FeedReply[]): Promise<EntryReply[]> {
    const { commands, located, onLost } = this.options;
    const found = await readEntries(
      commands,
      located.base,
      named.map(([position, conversation]) => ({ position, conversation })),
    );
    onLost(found.filter((each) => each === 'LOST').length);
    return named.flatMap(([position, , stored], index): EntryReply[] => {
      const entry = found[index];
      return entry === undefined || typeof entry === 'string' ? [] : [[position, entry[0], entry[1], stored]];
    });
  }
}
