import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

/**
 * Automatic checkpoint after 16 MB of WAL; appends wait during a checkpoint. Four times SQLite's default, so that a page written by many
 * appends is mostly transferred once for all of them.
 */
export const WAL_PAGES = 4_000;

/**
 * Holds or resumes checkpoints. While they are held, the database file does not change and the WAL only grows: a copy of the file, taken
 * first, and of the WAL, taken after it, are together the log as of one moment.
 */
export function holdCheckpoints(driver: Driver, { held }: OperationInput<'holdCheckpoints'>): null {
  driver.exec(`PRAGMA wal_autocheckpoint = ${held ? 0 : WAL_PAGES}`);
  // The first write after a full checkpoint restarts the WAL: force that now, not while the WAL is being copied.
  if (held) driver.run('INSERT OR REPLACE INTO probe (id, filler) VALUES (2, zeroblob(1))');
  return null;
}
