import { chmodSync, closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'libsql';
import type { Journal, NewRecord, RecordKind } from './journal.js';

/** Of the file's format. A file of another one is put aside. */
const FORMAT = 1;
const READ_WRITE_BY_OWNER = 0o600;
const WAL_MAX_BYTES = 16_777_216;

const SCHEMA = `CREATE TABLE IF NOT EXISTS records (
  position INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT NOT NULL,
  bytes BLOB,
  UNIQUE (kind, id)
)`;
const PUT = `INSERT INTO records (kind, id, value, bytes) VALUES (?, ?, ?, ?)
  ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, bytes = excluded.bytes WHERE value <> excluded.value`;
const DELETE = 'DELETE FROM records WHERE kind = ? AND id = ?';

/** A record as it was written. */
export interface SavedRecord {
  readonly id: string;
  readonly value: unknown;
}

export interface StateFileOptions {
  readonly file: string;
  /** What an operator should know: that the state cannot be written, or was put aside. Called once for each problem in a row. */
  readonly onProblem: (problem: string) => void;
}

/**
 * The state of a simulator in an SQLite file, which one process may use at a time: the one that has the event log beside it open. A transaction is in the file once `commit` returns: it survives the end of the process, however it
 * ends, but possibly not that of the machine. While the file cannot be written, the simulator works on, and what has changed is written with the next change.
 */
export class StateFile implements Journal {
  readonly #pending = new Map<string, { readonly kind: RecordKind; readonly id: string; readonly read: (() => NewRecord) | null }>();
  readonly #onProblem: (problem: string) => void;
  readonly #put: Database.Statement;
  readonly #delete: Database.Statement;
  #database: Database.Database | null;
  #isFailing = false;

  private constructor(database: Database.Database, onProblem: (problem: string) => void) {
    this.#database = database;
    this.#put = database.prepare(PUT);
    this.#delete = database.prepare(DELETE);
    this.#onProblem = onProblem;
  }

  /** Opens or creates the file. One that cannot be read, or is of another format, is renamed to `….unreadable`. @throws Error if none can be made there */
  static open({ file, onProblem }: StateFileOptions): StateFile {
    try {
      return new StateFile(openDatabase(file), onProblem);
    } catch (error) {
      if (!(error instanceof UnreadableFile) && !isDamaged(error)) throw error;
      putAside(file);
      onProblem(
        `the state of the simulated contact centre cannot be read (${reason(error)}): it was renamed to ${file}.unreadable, and a new one begins`,
      );
      return new StateFile(openDatabase(file), onProblem);
    }
  }

  /** All of a kind, in the order in which they were first noted. */
  load(kind: RecordKind): SavedRecord[] {
    const rows = this.#database?.prepare('SELECT id, value FROM records WHERE kind = ? ORDER BY position').all(kind) ?? [];
    return (rows as { id: string; value: string }[]).map(({ id, value }) => ({ id, value: JSON.parse(value) as unknown }));
  }

  /** The bytes of a file; none if it is gone. */
  bytes(id: string): Buffer {
    const row = this.#database?.prepare("SELECT bytes FROM records WHERE kind = 'file' AND id = ?").get(id) as
      { bytes?: Buffer } | undefined;
    return Buffer.from(row?.bytes ?? []);
  }

  note(kind: RecordKind, id: string, read: () => NewRecord): void {
    this.#add(kind, id, read);
  }

  forget(kind: RecordKind, id: string): void {
    this.#add(kind, id, null);
  }

  commit(): void {
    if (this.#pending.size === 0 || this.#database === null) return;
    try {
      this.#write(this.#database);
      this.#pending.clear();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.#onProblem(`the state of the simulated contact centre cannot be written: ${reason(error)}`);
      this.#isFailing = true;
    }
  }

  /** Writes what is left and closes the file. */
  close(): void {
    this.commit();
    this.#database?.close();
    this.#database = null;
  }

  #add(kind: RecordKind, id: string, read: (() => NewRecord) | null): void {
    if (this.#pending.size === 0) queueMicrotask(() => this.commit());
    this.#pending.set(`${kind} ${id}`, { kind, id, read });
  }

  #write(database: Database.Database): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const { kind, id, read } of this.#pending.values()) {
        if (read === null) this.#delete.run(kind, id);
        else {
          const { value, bytes = null } = read();
          this.#put.run(kind, id, JSON.stringify(value), bytes);
        }
      }
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}

class UnreadableFile extends Error {}

/** With what SQLite has not moved into the file yet. Replaces what was put aside before. */
function putAside(file: string): void {
  for (const suffix of ['-wal', '-shm', '']) {
    rmSync(`${file}.unreadable${suffix}`, { force: true });
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${file}.unreadable${suffix}`);
  }
}

function openDatabase(file: string): Database.Database {
  // Created by hand, so that nobody else can read it at any time.
  closeSync(openSync(file, 'a', READ_WRITE_BY_OWNER));
  chmodSync(file, READ_WRITE_BY_OWNER);
  const database = new Database(file);
  try {
    const { user_version: format } = database.prepare('PRAGMA user_version').get() as { readonly user_version: number };
    if (format !== 0 && format !== FORMAT) throw new UnreadableFile(`its format is ${format}, and this version reads ${FORMAT}`);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = ${WAL_MAX_BYTES}`);
    database.exec(`${SCHEMA}; PRAGMA user_version = ${FORMAT}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function isDamaged(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT';
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
