import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

/**
 * When what was appended is taken over into the file itself, which nobody can append during: at 16 MB of it. Four times SQLite's own measure, so that a page that
 * many appends wrote to is mostly taken over once for all of them.
 */
export const WAL_PAGES = 4_000;

/**
 * Holds checkpoints, or lets them go on. While they are held, the database file does not change, and the WAL only grows: a copy of the file, taken first, and one of the WAL,
 * taken after it, are together a log as it was at one moment.
 */
export function holdCheckpoints(driver: Driver, { held }: OperationInput<'holdCheckpoints'>): null {
  driver.exec(`PRAGMA wal_autocheckpoint = ${held ? 0 : WAL_PAGES}`);
  // A WAL that is wholly taken over is begun anew by the next write: so that it happens now, and not while the WAL is being copied.
  if (held) driver.run('INSERT OR REPLACE INTO probe (id, filler) VALUES (2, zeroblob(1))');
  return null;
}
