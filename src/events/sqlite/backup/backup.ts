import { createReadStream, existsSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { LogUnavailableError } from '../../port/errors.js';
import { openDriver } from '../driver.js';
import type { Driver } from '../driver.js';
import { isNew, toOpenError } from '../open-store.js';
import { syncFile } from './sync-file.js';
import { Hold } from './hold.js';

const COPY_CHUNK = 1_048_576;
/** Suffix of an unfinished copy. */
const PART = '.part';

/**
 * Writes a copy of the event log in `file` to `target`, which must not exist, readable by its owner only. A gateway that has the log open
 * keeps working: it holds its checkpoints while the file is copied. The copy contains every event acknowledged before it started. Rejects
 * with `LogUnavailableError`, whose message is for operators.
 */
export async function backUp(file: string, target: string): Promise<void> {
  if (!existsSync(file)) throw new LogUnavailableError(`There is no event log at ${file}`);
  if (existsSync(target)) throw new LogUnavailableError(`${target} exists already`);
  const part = `${target}${PART}`;
  try {
    removeParts(part);
    const hold = await Hold.take(file);
    if (hold === null) await compact(file, `${part}-compact`);
    else {
      await copyHeld(hold, file, part);
      await compact(part, `${part}-compact`);
    }
    await rename(`${part}-compact`, target);
    syncFile(target);
  } finally {
    removeParts(part);
  }
}

/** The file first, then the WAL, which only grows meanwhile: a partial frame at its end is ignored on reading. */
async function copyHeld(hold: Hold, file: string, part: string): Promise<void> {
  try {
    for (const suffix of ['', '-wal']) await copy(`${file}${suffix}`, `${part}${suffix}`, () => hold.keep());
  } catch (error) {
    hold.drop();
    throw error;
  }
  await hold.release();
}

async function copy(from: string, to: string, onChunk: () => void): Promise<void> {
  const written = await open(to, 'wx', 0o600);
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: COPY_CHUNK }) as AsyncIterable<Buffer>) {
      await written.writeFile(chunk);
      onChunk();
    }
  } finally {
    await written.close();
  }
}

/** Writes one file without WAL and free pages. Reads every page of the log, so that damage is detected now. */
async function compact(from: string, to: string): Promise<void> {
  await (await open(to, 'wx', 0o600)).close();
  let driver: Driver | null = null;
  try {
    driver = openDriver(from);
    driver.exec('PRAGMA locking_mode = EXCLUSIVE');
    if (isNew(driver, from)) throw new LogUnavailableError(`${from} is not an event log`);
    driver.run('VACUUM INTO ?', to);
  } catch (error) {
    throw toOpenError(error, from);
  } finally {
    driver?.close();
  }
}

function removeParts(part: string): void {
  for (const suffix of ['', '-wal', '-shm', '-compact', '-compact-journal']) rmSync(`${part}${suffix}`, { force: true });
}
