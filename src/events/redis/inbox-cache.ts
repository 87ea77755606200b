import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../domain/entry-limit.js';
import type { InboxEntry, InboxPage } from '../port/inbox.js';
import type { ConversationPosition } from './inbox-position.js';

/** Lists of positions that are kept of a partition. */
const MAX_LISTS = 16;
/** Pages that are kept. */
const MAX_PAGES = 16;
/** What the entries that are kept of a partition may take, in characters of their JSON: a few hundred entries with usual messages. */
const MAX_CHARACTERS = 400_000;

/** An entry as one reader sees it; null if the conversation is not in the inbox. */
export interface KnownEntry {
  readonly entry: InboxEntry | null;
  /** In characters, about. */
  readonly size: number;
}

/** What was read of one partition. */
export interface KnownPartition {
  /** By range and count. */
  readonly positions: LRUCache<string, readonly ConversationPosition[]>;
  /** By reader and conversation. */
  readonly entries: LRUCache<string, KnownEntry>;
}

/** What was read of the inbox in one version of each partition. Nothing of it may be modified: all who read share it. */
export interface KnownInbox {
  readonly versions: readonly string[];
  readonly partitions: readonly KnownPartition[];
  /** By query. */
  readonly pages: LRUCache<string, InboxPage>;
}

/**
 * What one page reads, and what is known of the inbox meanwhile. What it reads may be newer than the versions that were read before it, and is then not kept: a Redis that has lost its
 * last changes, by a crash or a failover, is in an earlier version again, without what came after.
 */
export class InboxReading {
  /** Whether all that was read is of these versions. */
  #isExact = true;

  constructor(readonly known: KnownInbox) {}

  positions(partition: number, key: string): readonly ConversationPosition[] | undefined {
    return this.known.partitions[partition]?.positions.get(key);
  }

  entry(partition: number, key: string): KnownEntry | undefined {
    return this.known.partitions[partition]?.entries.get(key);
  }

  /** What the partition's part in the cache is; null if what was read in this version of the partition is not to be kept. */
  toKeep(partition: number, version: string): KnownPartition | null {
    if (this.known.versions[partition] === version) return this.known.partitions[partition] ?? null;
    this.#isExact = false;
    return null;
  }

  keepPage(key: string, page: InboxPage): void {
    if (this.#isExact) this.known.pages.set(key, page);
  }
}

/** Keeps what was read of the inbox: of each partition until anything else is to be shown of it, pages until that happens to any. */
export class InboxCache {
  #epoch = '';
  #partitions: { readonly version: string; readonly known: KnownPartition }[] = [];
  #known: KnownInbox | null = null;

  /**
   * What is known of the partitions in these versions.
   * @param epoch of the log that is open: cursors in what is kept are of it. A log that has replaced another may be read before that is noticed.
   */
  at(epoch: string, versions: readonly string[]): KnownInbox {
    if (epoch !== this.#epoch) [this.#epoch, this.#partitions, this.#known] = [epoch, [], null];
    if (this.#known !== null && versions.every((version, partition) => this.#partitions[partition]?.version === version))
      return this.#known;
    const partitions = versions.map((version, partition) => {
      const kept = this.#partitions[partition];
      if (kept?.version === version) return kept.known;
      const known: KnownPartition = {
        positions: new LRUCache(entryLimit(MAX_LISTS)),
        entries: new LRUCache({ maxSize: MAX_CHARACTERS, sizeCalculation: ({ size }) => size }),
      };
      this.#partitions[partition] = { version, known };
      return known;
    });
    this.#known = { versions, partitions, pages: new LRUCache(entryLimit(MAX_PAGES)) };
    return this.#known;
  }
}
