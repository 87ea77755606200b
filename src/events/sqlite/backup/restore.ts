import { chmodSync, copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { LogUnavailableError } from '../../port/errors.js';
import { openDriver, sqliteCode } from '../driver.js';
import type { Driver } from '../driver.js';
import { randomEpoch } from '../new-epoch.js';
import { isNew, makeDirectory, toOpenError } from '../open-store.js';
import { syncFile } from './sync-file.js';

/**
 * Restores the event log in `file` from a backup, under a new epoch: earlier cursors are `CURSOR_EXPIRED`, whatever was stored after the
 * backup. An existing log is replaced if `replace` is true, and kept with an error otherwise. Throws `LogUnavailableError`, whose message
 * is for operators, also if a gateway has the log open.
 */
export function restore(backup: string, file: string, { replace }: { readonly replace: boolean }): void {
  if (!existsSync(backup)) throw new LogUnavailableError(`There is no file ${backup}`);
  if (existsSync(file)) {
    requireClosed(file);
    if (!replace) throw new LogUnavailableError(`There is an event log at ${file} already: move it away, or use --replace`);
  }
  makeDirectory(dirname(file));
  const part = `${file}.part`;
  try {
    copyFileSync(backup, part);
    chmodSync(part, 0o600);
    renewEpoch(part, backup);
    syncFile(part);
    // The WAL belongs to the old log: remove it first, so that it is never read with the new file.
    for (const suffix of ['-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    renameSync(part, file);
    syncFile(file);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${part}${suffix}`, { force: true });
  }
}

function renewEpoch(part: string, backup: string): void {
  let driver: Driver | null = null;
  try {
    driver = openDriver(part);
    driver.exec('PRAGMA locking_mode = EXCLUSIVE');
    if (isNew(driver, backup)) throw new LogUnavailableError(`${backup} is not an event log`);
    const [check] = driver.rows('PRAGMA quick_check') as { quick_check: string }[];
    if (check?.quick_check !== 'ok') throw new LogUnavailableError(`${backup} is damaged: ${check?.quick_check ?? 'it cannot be read'}`);
    driver.run('UPDATE log SET epoch = ?', randomEpoch());
    // Only the file itself is copied, so it must hold everything. The gateway switches it back to WAL.
    driver.exec('PRAGMA journal_mode = DELETE');
    unlock(driver);
  } catch (error) {
    throw toOpenError(error, backup);
  } finally {
    driver?.close();
  }
}

/** Other errors of the old file are ignored: they may be the reason for the restore. */
function requireClosed(file: string): void {
  let driver: Driver | null = null;
  try {
    driver = openDriver(file);
    driver.exec('PRAGMA locking_mode = EXCLUSIVE');
    driver.rows('SELECT count(*) FROM sqlite_schema');
    unlock(driver);
  } catch (error) {
    if (sqliteCode(error) === 'SQLITE_BUSY') throw new LogUnavailableError(`${file} is open in another process: stop the gateway first`);
  } finally {
    driver?.close();
  }
}

/** Releases the file now: closing does so only once the driver's statements are collected, and until then this very process could not open the log. */
function unlock(driver: Driver): void {
  driver.exec('PRAGMA locking_mode = NORMAL');
  // SQLite releases the lock at the end of the next read.
  driver.rows('SELECT count(*) FROM sqlite_schema');
}
