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
 * Reads the events of a sink's shards from the log, as far as they have room. Shards at the same position share one read: usually all of
 * them. One that has no room stays behind, and reads on by itself until it has caught up with the others.
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
      const groups = this.#groups();
      if (groups.size === 0) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      let isLive = true;
      for (const [position, shards] of groups) isLive = (await this.#read(position, shards, groups)) && isLive;
      if (isLive) await pause(MIN_GAP_MS);
    }
  }

  /** Shards that may read on, by their position. */
  #groups(): Map<string, Shard[]> {
    const groups = new Map<string, Shard[]>();
    for (const shard of this.options.shards()) {
      if (!shard.hasRoom || shard.caughtUpWith === this.options.news.version) continue;
      const group = groups.get(shard.position);
      if (group === undefined) groups.set(shard.position, [shard]);
      else group.push(shard);
    }
    return groups;
  }

  /** Returns false if there is more to read without waiting. */
  async #read(position: string, shards: readonly Shard[], groups: ReadonlyMap<string, unknown>): Promise<boolean> {
    const { pages, news } = this.options;
    const { version } = news;
    try {
      const page = await pages.after(position, version);
      const isWhole = this.#accept(page, position, shards, groups);
      if (page.hasMore || !isWhole) return false;
      for (const shard of shards) if (shard.hasRoom) shard.caughtUpWith = version;
      return true;
    } catch (error) {
      await this.#recover(error, shards);
      return true;
    }
  }

  /** Returns false if it stopped where other shards are, which are read together from then on. */
  #accept(page: LogPage, position: string, group: readonly Shard[], groups: ReadonlyMap<string, unknown>): boolean {
    const { shardCount, isWanted, push } = this.options;
    const reading = new Map(group.filter(({ hasRoom }) => hasRoom).map((shard) => [shard.index, shard]));
    let before = position;
    let isWhole = true;
    for (const stored of page.events) {
      isWhole = before === position || !groups.has(before);
      if (!isWhole || reading.size === 0) break;
      const shard = reading.get(shardOf(stored.event.conversationId, shardCount));
      if (shard !== undefined && !shard.hasRoom) {
        // It stays before this event.
        shard.position = before;
        reading.delete(shard.index);
      } else if (shard !== undefined && isWanted(stored.event)) {
        // The position first: what is settled meanwhile is recorded by it.
        shard.position = stored.cursor;
        push(shard.add(stored, before));
      }
      before = stored.cursor;
    }
    for (const shard of reading.values()) shard.position = before;
    return isWhole;
  }

  async #recover(error: unknown, shards: readonly Shard[]): Promise<void> {
    if (error instanceof CursorExpiredError) {
      // The log was replaced, or restored from a backup.
      for (const shard of shards) shard.position = this.options.origin();
      this.options.onExpired();
    } else await pause(AFTER_FAILURE_MS);
  }
}
