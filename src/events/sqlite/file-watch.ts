import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { basename } from 'node:path';

/** How long a look at the files holds for the batches that come after it. */
const LOOK_HOLDS_MS = 1_000;
/** What a WAL begins with, but for its lowest bit (https://www.sqlite.org/fileformat2.html, 4.1). */
const WAL_MAGIC = 0x377f0682;

/**
 * For the store's thread: whether the files that it writes to are still those that the next start will read. A file that was deleted, replaced or truncated takes writes as
 * ever, and what is stored is lost when the process ends.
 */
export class FileWatch {
  readonly #database: number;
  readonly #wal: string;
  /** As the last batch left it. */
  #size: number;
  #walSeen: BigIntStats | null = null;
  #looked = -Infinity;
  #fault: string | null = null;
  #isClosed = false;

  /**
   * To be made when the database has been opened. Keeps a descriptor of the file: closed while the database is open, it would drop the locks of this process (POSIX, fcntl).
   */
  constructor(private readonly file: string) {
    this.#database = openSync(file, 'r');
    this.#size = fstatSync(this.#database).size;
    this.#wal = `${file}-wal`;
  }

  /** What is wrong with the files; null: nothing. To be called before each batch; looks at the size of the database each time, at the rest once a second at most. */
  fault(now = performance.now()): string | null {
    if (this.#isClosed) return 'The event log is closed';
    try {
      if (fstatSync(this.#database).size < this.#size) return truncated(this.file);
      if (now - this.#looked >= LOOK_HOLDS_MS) {
        this.#looked = now;
        this.#fault = missing(this.file, fstatSync(this.#database, { bigint: true })) ?? this.#walFault();
      }
      return this.#fault;
    } catch (error) {
      return `The files of the event log cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** To be called after each batch: the sizes to which it has brought the files. A WAL never shrinks while it is in use. */
  note(): void {
    try {
      this.#size = fstatSync(this.#database).size;
      const seen = this.#walSeen;
      const now = statSync(this.#wal, { bigint: true, throwIfNoEntry: false });
      if (now !== undefined && (seen === null || (isSame(now, seen) && now.size > seen.size))) this.#walSeen = now;
    } catch {
      // The next look says so.
    }
  }

  /** To be called when the database has been closed. */
  close(): void {
    this.#isClosed = true;
    closeSync(this.#database);
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

const isSame = (one: BigIntStats, other: BigIntStats) => one.ino === other.ino && one.dev === other.dev;

function missing(path: string, opened: BigIntStats): string | null {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (now === undefined) return `${basename(path)} was deleted while the gateway runs: put it back, or restart the gateway`;
  return isSame(now, opened) ? null : `${basename(path)} was replaced while the gateway runs: restart the gateway`;
}

const truncated = (path: string) => `${basename(path)} was truncated while the gateway runs: stop the gateway and restore a backup`;
