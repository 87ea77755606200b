import { setTimeout as pause } from 'node:timers/promises';
import { CursorExpiredError } from '../domain/errors.js';
import { shardOf } from '../domain/shard.js';
import type { LogPage, StoredEvent } from '../events/port/event-log.js';
import type { News } from './news.js';
import type { Entry, Shard } from './shard.js';
import type { SharedPages } from './shared-pages.js';

/** Least time between two reads for live events, in milliseconds: under load, several events share a read. */
const MIN_GAP_MS = 15;
const AFTER_FAILURE_MS = 1_000;

export interface FeedReaderOptions {
  readonly pages: SharedPages;
  readonly news: News;
  /** How many shards the sink has. */
  readonly shardCount: number;
  /** Those that this gateway delivers. */
  readonly shards: () => Iterable<Shard>;
  readonly isWanted: (event: StoredEvent['event']) => boolean;
  readonly push: (entry: Entry) => void;
  /** The cursor before everything that is stored. */
  readonly origin: () => string;
  readonly onExpired: () => void;
}

/**
 * Reads the events of a sink's shards from the log, as far as they have room. Shards at the same position share reads, and stay together:
 * all wait for one that is full, so that the log does not read the same events again for each. Only when another one has few events left,
 * the full one stays behind; once it has room, it reads on by itself until it is where the others are.
 */
export class FeedReader {
  #isClosed = false;
  #wake: (() => void) | null = null;
  readonly #done: Promise<void>;

  constructor(private readonly options: FeedReaderOptions) {
    options.news.onNews(() => this.wake());
    this.#done = this.#run();
  }

  /** There may be something to read: news, room, or another shard. */
  wake(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const positions = this.#positions();
      if (positions.length === 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      let isLive = true;
      for (const position of positions) isLive = (await this.#read(position)) && isLive;
      if (isLive) await pause(MIN_GAP_MS);
    }
  }

  /** From where to read. */
  #positions(): readonly string[] {
    const { version } = this.options.news;
    return [...this.#groups()].filter(([, shards]) => isDue(shards, version)).map(([position]) => position);
  }

  /** Shards by their position. */
  #groups(): Map<string, Shard[]> {
    const groups = new Map<string, Shard[]>();
    for (const shard of this.options.shards()) {
      if (!shard.isHeld) continue;
      const group = groups.get(shard.position);
      if (group === undefined) groups.set(shard.position, [shard]);
      else group.push(shard);
    }
    return groups;
  }

  /** Returns false if there is more to read without waiting. */
  async #read(position: string): Promise<boolean> {
    const { pages, news } = this.options;
    const { version } = news;
    try {
      const page = await pages.after(position, version);
      const shards = this.#accept(page, position);
      if (page.hasMore || shards === null) return false;
      for (const shard of shards) shard.caughtUpWith = version;
      return true;
    } catch (error) {
      await this.#recover(error, this.#groups().get(position) ?? []);
      return true;
    }
  }

  /** Returns the shards that have read up to the page's end; null if none has. */
  #accept(page: LogPage, position: string): readonly Shard[] | null {
    const { shardCount, isWanted, push } = this.options;
    const groups = this.#groups();
    const reading = new Map<number, Shard>();
    const join = (at: string) => {
      for (const shard of groups.get(at) ?? []) reading.set(shard.index, shard);
    };
    let before = position;
    let isWhole = true;
    for (const stored of page.events) {
      join(before);
      const shard = reading.get(shardOf(stored.event.conversationId, shardCount));
      if (shard !== undefined && !shard.canTake) {
        // All wait here, or it alone.
        isWhole = [...reading.values()].some(({ hasFew }) => hasFew);
        if (!isWhole) break;
        shard.position = before;
        reading.delete(shard.index);
      } else if (shard !== undefined && isWanted(stored.event)) {
        // The position first: what is settled meanwhile is recorded by it.
        shard.position = stored.cursor;
        push(shard.add(stored, before));
      }
      before = stored.cursor;
    }
    if (isWhole) join(before);
    for (const shard of reading.values()) shard.position = before;
    return isWhole ? [...reading.values()] : null;
  }

  async #recover(error: unknown, shards: readonly Shard[]): Promise<void> {
    if (error instanceof CursorExpiredError) {
      // The log was replaced, or restored from a backup.
      for (const shard of shards) shard.position = this.options.origin();
      this.options.onExpired();
    } else await pause(AFTER_FAILURE_MS);
  }
}

/** Whether shards at the same position read on: all have room, or one has few events left. */
function isDue(shards: readonly Shard[], version: number): boolean {
  if (shards.every(({ caughtUpWith }) => caughtUpWith === version)) return false;
  return shards.every(({ hasRoom }) => hasRoom) || shards.some(({ hasFew }) => hasFew);
}
