import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';

/** Syncs a closed file and its directory entry to disk. */
export function syncFile(file: string): void {
  syncPath(file, 'r+');
  if (process.platform !== 'win32') syncPath(dirname(file), 'r');
}

function syncPath(path: string, flags: string): void {
  const handle = openSync(path, flags);
  fsyncSync(handle);
  closeSync(handle);
}
