import type { EventType } from '../../domain/event.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { cursorExpired } from '../port/cursor.js';
import type { Identity } from './log-identity.js';
import type { Keys, Located } from './keys.js';
import { decodeMessageIdentity } from './message-identity-codec.js';
import type { Position, Vector } from './positions.js';
import type { Argument, Commands } from './script.js';
import { readFeedScript, readConversationScript, readEntries } from './scripts/reading.js';
import type { EntryReply, FeedReply } from './scripts/reading.js';

/** A stored event, as it was read. */
export interface Entry {
  /** Which position of the scope's vector is the event's. */
  readonly index: number;
  readonly position: Position;
  readonly json: string;
  readonly identity: MessageIdentity | null;
  /** When it was stored, by Redis's clock, in microseconds: events of different partitions are put in this order. */
  readonly stored: number;
  /** Where a reader stands who has read up to this event. */
  readonly vector: Vector;
}

export interface PageQuery {
  /** Null: from the start, whatever was removed. */
  readonly after: Vector | null;
  readonly before: Vector | null;
  readonly limit: number;
  readonly fromEnd: boolean;
  readonly types: readonly EventType[] | null;
  /** `after` is where this very reader has come to, not a caller's cursor: what was removed since is skipped. */
  readonly isContinuation?: boolean;
}

/** An event before it is known where its reader stands. */
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
  readonly identity: Pick<Identity, 'epoch' | 'renew' | 'requireUsable'>;
}

interface PartitionReaderOptions extends PageReaderOptions {
  /** A conversation, or, without one, a partition's feed. */
  readonly located: Located;
  readonly index: number;
  readonly pieceSize: number;
  readonly query: PageQuery;
  readonly onLost: (count: number) => void;
}

/** Reads on in one partition, a piece at a time. */
export class PartitionReader {
  start: Position = '0-0';
  end: Position = '0-0';
  #buffer: UnpositionedEntry[] = [];
  #isComplete = false;
  /** Empty: open. */
  #after: Position;
  #before: Position;

  /** Whether `#after` is where this reader has come to. */
  #isContinuation: boolean;

  constructor(private readonly options: PartitionReaderOptions) {
    const { query, index } = options;
    this.#after = query.after?.[index] ?? '';
    this.#before = query.before?.[index] ?? '';
    this.#isContinuation = query.isContinuation ?? false;
  }

  /** The next event, unless there is none. */
  get head(): UnpositionedEntry | undefined {
    return this.#buffer[0];
  }

  get isStarved(): boolean {
    return this.#buffer.length === 0 && !this.#isComplete;
  }

  take(): UnpositionedEntry {
    const head = this.#buffer.shift();
    if (head === undefined) throw new Error('Nothing was read');
    return head;
  }

  /** Reads until it knows the next event, or that there is none. */
  async fill(): Promise<void> {
    while (this.isStarved) {
      const piece = await this.#read();
      // The log was another than this gateway knew, which by now it does: no cursor leads there.
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
    const read = located.hash === '' ? await this.#find(entries as readonly FeedReply[]) : (entries as readonly EntryReply[]);
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

  /** Events of the feed, but for those that are not there any more. */
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
