import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { basename } from 'node:path';

/** How long a check of the files is valid for the batches after it. */
const CHECK_INTERVAL_MS = 1_000;
/** Magic number of a WAL, except for its lowest bit (https://www.sqlite.org/fileformat2.html, 4.1). */
const WAL_MAGIC = 0x377f0682;

/**
 * Runs in the worker: detects that the open files are no longer those that the next start will read. A file that was deleted, replaced or
 * truncated accepts writes as before, and what is stored is lost when the process ends.
 */
export class FileWatch {
  readonly #database: number;
  readonly #wal: string;
  /** Size after the last batch. */
  #size: number;
  #walStats: BigIntStats | null = null;
  #checkedAt = -Infinity;
  #lastError: string | null = null;
  #isClosed = false;

  /**
   * Construct it after the database is open. Keeps its own descriptor open: closing one while the database is open would drop the locks of
   * this process (POSIX, fcntl).
   */
  constructor(private readonly file: string) {
    this.#database = openSync(file, 'r');
    this.#size = fstatSync(this.#database).size;
    this.#wal = `${file}-wal`;
  }

  /**
   * What is wrong with the files; null if nothing. Call before each batch: checks the size of the database each time, the rest once a
   * second at most.
   */
  findError(now = performance.now()): string | null {
    if (this.#isClosed) return 'The event log is closed';
    try {
      if (fstatSync(this.#database).size < this.#size) return truncated(this.file);
      if (now - this.#checkedAt >= CHECK_INTERVAL_MS) {
        this.#checkedAt = now;
        this.#lastError = missing(this.file, fstatSync(this.#database, { bigint: true })) ?? this.#findWalError();
      }
      return this.#lastError;
    } catch (error) {
      return `The files of the event log cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Call after each batch: records the file sizes it has led to. A WAL never shrinks while in use. */
  recordSizes(): void {
    try {
      this.#size = fstatSync(this.#database).size;
      const seen = this.#walStats;
      const now = statSync(this.#wal, { bigint: true, throwIfNoEntry: false });
      if (now !== undefined && (seen === null || (isSame(now, seen) && now.size > seen.size))) this.#walStats = now;
    } catch {
      // Reported by the next check.
    }
  }

  /** Call after the database is closed. */
  close(): void {
    this.#isClosed = true;
    closeSync(this.#database);
  }

  #findWalError(): string | null {
    const seen = this.#walStats;
    const walError = seen === null ? null : missing(this.#wal, seen);
    if (walError !== null) return walError;
    const now = statSync(this.#wal, { bigint: true, throwIfNoEntry: false });
    // It may not exist yet.
    if (now === undefined) return null;
    if (now.size < (seen?.size ?? 0n) || (now.size > 0n && !this.#isWal())) return truncated(this.#wal);
    this.#walStats = now;
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
