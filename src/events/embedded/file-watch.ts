import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { basename } from 'node:path';

/** How long a look at the files holds for the batches that come after it. */
const LOOK_HOLDS_MS = 1_000;
/** "The database size in pages" in the header of a database file, and the size of a page (https://www.sqlite.org/fileformat2.html, 1.3). */
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const PAGE_COUNT_AT = 28;
/** What a WAL begins with, but for its lowest bit (4.1). */
const WAL_MAGIC = 0x377f0682;

/**
 * For the store's thread: whether the files that it writes to are still those that the next start will read. A file that was deleted, replaced or truncated takes writes as
 * ever, and what is stored is lost when the process ends.
 */
export class FileWatch {
  readonly #database: number;
  readonly #wal: string;
  #walSeen: BigIntStats | null = null;
  #looked = -Infinity;
  #fault: string | null = null;

  /**
   * To be made when the database has been opened. Keeps a descriptor of the file: closed while the database is open, it would drop the locks of this process (POSIX, fcntl).
   */
  constructor(private readonly file: string) {
    this.#database = openSync(file, 'r');
    this.#wal = `${file}-wal`;
  }

  /** What is wrong with the files; null: nothing. To be called between batches: within one, the database may be in the middle of a change of size. */
  fault(now = performance.now()): string | null {
    if (now - this.#looked >= LOOK_HOLDS_MS) {
      this.#looked = now;
      this.#fault = this.#databaseFault() ?? this.#walFault();
    }
    return this.#fault;
  }

  /** To be called after each batch: how far the WAL has grown by it. */
  note(): void {
    const now = statSync(this.#wal, { bigint: true, throwIfNoEntry: false });
    const seen = this.#walSeen;
    if (now !== undefined && (seen === null || (isSame(now, seen) && now.size > seen.size))) this.#walSeen = now;
  }

  /** To be called when the database has been closed. */
  close(): void {
    closeSync(this.#database);
  }

  #databaseFault(): string | null {
    const fault = missing(this.file, fstatSync(this.#database, { bigint: true }));
    if (fault !== null) return fault;
    const header = Buffer.alloc(HEADER_BYTES);
    const isWhole =
      readSync(this.#database, header, 0, HEADER_BYTES, 0) === HEADER_BYTES &&
      fstatSync(this.#database).size >= pageSize(header) * header.readUInt32BE(PAGE_COUNT_AT);
    return isWhole ? null : truncated(this.file);
  }

  #walFault(): string | null {
    const seen = this.#walSeen;
    const fault = seen === null ? null : missing(this.#wal, seen);
    if (fault !== null) return fault;
    const now = statSync(this.#wal, { bigint: true, throwIfNoEntry: false });
    // It may not have been made yet.
    if (now === undefined) return null;
    if (now.size < (seen?.size ?? 0n) || (now.size > 0n && !this.#isWal())) return truncated(this.#wal);
    this.#walSeen = now;
    return null;
  }

  #isWal(): boolean {
    const wal = openSync(this.#wal, 'r');
    try {
      const header = Buffer.alloc(4);
      readSync(wal, header, 0, 4, 0);
      return (header.readUInt32BE(0) & ~1) >>> 0 === WAL_MAGIC;
    } finally {
      closeSync(wal);
    }
  }
}

/** Of a size that does not fit two bytes, 65,536, the header says 1. */
function pageSize(header: Buffer): number {
  const size = header.readUInt16BE(PAGE_SIZE_AT);
  return size === 1 ? 65_536 : size;
}

const isSame = (one: BigIntStats, other: BigIntStats) => one.ino === other.ino && one.dev === other.dev;

function missing(path: string, opened: BigIntStats): string | null {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (now === undefined) return `${basename(path)} was deleted while the gateway runs: put it back, or restart the gateway`;
  return isSame(now, opened) ? null : `${basename(path)} was replaced while the gateway runs: restart the gateway`;
}

const truncated = (path: string) => `${basename(path)} was truncated while the gateway runs: stop the gateway and restore a backup`;
