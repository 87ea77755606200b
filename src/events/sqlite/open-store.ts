import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { LogUnavailableError } from '../port/errors.js';
import { WAL_PAGES } from './checkpoints.js';
import { openDriver, sqliteCode } from './driver.js';
import type { Driver } from './driver.js';
import type { WorkerReady, StoreSettings } from './worker-protocol.js';
import { BEGIN_FILLING, fillInbox } from './fill-inbox.js';
import { hashConversations } from './conversations.js';
import { MOVE_FORMAT_4_INBOX, SET_FORMAT_4_INBOX_ASIDE } from './inbox-schema.js';
import { beginMigration, migrateRows } from './migration.js';
import { APPLICATION_ID, FORMAT_VERSION, TABLES } from './schema.js';
import { END_LEASES } from './sink-schema.js';

/** Opens the log's file, or creates it. Throws `LogUnavailableError` with a message for operators. */
export function openStore(settings: StoreSettings): { driver: Driver; opened: WorkerReady } {
  const { file } = settings;
  try {
    makeFile(file);
    const driver = openDriver(file);
    // Set before the first read: no other process can then read, and WAL needs no shared memory file.
    driver.exec('PRAGMA locking_mode = EXCLUSIVE');
    if (isNew(driver, file)) driver.exec('PRAGMA auto_vacuum = INCREMENTAL');
    driver.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${WAL_PAGES}`);
    if (settings.maxBytes !== null) limitSize(driver, settings.maxBytes);
    return { driver, opened: prepare(driver, settings) };
  } catch (error) {
    throw toOpenError(error, file);
  }
}

/** Creates an empty file that only its owner can read; SQLite uses the same mode for the files beside it. */
function makeFile(file: string): void {
  const directory = dirname(file);
  makeDirectory(directory);
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // It exists. It must not be opened here: closing it would drop locks that this process may hold on it (POSIX, fcntl).
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw error;
  }
  if (process.platform === 'win32') return;
  // The directory entry must be as durable as the file's content.
  const handle = openSync(directory, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Creates missing directories one by one: Node's `recursive` never returns where none can be created, as below `/proc`. */
export function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  try {
    mkdirSync(directory, 0o700);
  } catch (error) {
    // Created by another process meanwhile.
    if (!existsSync(directory)) throw error;
  }
}

function number(driver: Driver, sql: string): number {
  const [row] = driver.rows(sql) as Record<string, number>[];
  return Object.values(row ?? {})[0] ?? 0;
}

/** Whether the file is empty. Throws `LogUnavailableError` if it is not an event log, or one of a newer release. */
export function isNew(driver: Driver, file: string): boolean {
  if (number(driver, 'SELECT count(*) FROM sqlite_schema') === 0) return true;
  if (number(driver, 'PRAGMA application_id') !== APPLICATION_ID) throw new LogUnavailableError(`${file} is not an event log`);
  const version = number(driver, 'PRAGMA user_version');
  if (version > FORMAT_VERSION) {
    throw new LogUnavailableError(
      `${file} was written by a newer release (format ${version}; this one knows formats up to ${FORMAT_VERSION})`,
    );
  }
  return false;
}

function limitSize(driver: Driver, maxBytes: number): void {
  const pages = Math.max(1, Math.floor(maxBytes / number(driver, 'PRAGMA page_size')));
  driver.exec(`PRAGMA max_page_count = ${pages}`);
}

function prepare(driver: Driver, settings: StoreSettings): WorkerReady {
  const version = number(driver, 'PRAGMA user_version');
  if (version === 0) {
    driver.exec(`BEGIN; ${TABLES}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}`);
    driver.run('INSERT INTO log (epoch) VALUES (?)', settings.newEpoch);
    driver.exec('COMMIT');
  } else if (version < 3) beginMigration(driver);
  else {
    const [before, after] = version === 4 ? [SET_FORMAT_4_INBOX_ASIDE, MOVE_FORMAT_4_INBOX] : ['', version < 4 ? BEGIN_FILLING : ''];
    driver.exec(`BEGIN; ${before} ${TABLES}; ${after} PRAGMA user_version = ${FORMAT_VERSION}; COMMIT`);
  }
  migrateRows(driver, settings);
  driver.exec(END_LEASES);
  fillInbox(driver);
  const [log] = driver.rows('SELECT epoch FROM log') as { epoch: string }[];
  if (log === undefined) throw new Error('The event log has lost its epoch');
  const head = number(driver, `SELECT seq FROM sqlite_sequence WHERE name = 'events'`);
  return { epoch: log.epoch, head, conversations: hashConversations(driver) };
}

/** The reason why a file could not be opened, for operators. */
export function toOpenError(error: unknown, file: string): LogUnavailableError {
  return error instanceof LogUnavailableError ? error : new LogUnavailableError(reason(error, file), { cause: error });
}

function reason(error: unknown, file: string): string {
  const code = sqliteCode(error);
  if (code === 'SQLITE_BUSY') return `${file} is open in another process`;
  if (code === 'SQLITE_NOTADB') return `${file} is not an event log`;
  return `${file} cannot be opened: ${error instanceof Error ? error.message : String(error)}`;
}
