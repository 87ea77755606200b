import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLog } from '../../../src/events/sqlite/open.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import type { LogUnderTest, OpenOptions } from './harness.js';
import { START } from './sample-events.js';

/** A directory for the tests' files, under the system's own. */
export const temporaryDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'event-log-'));

/** Opens embedded logs in directories of their own. */
export async function openEmbeddedUnderTest(options: OpenOptions = {}): Promise<LogUnderTest> {
  const clock = { now: START };
  const directories: string[] = [];
  const logs: EventLog[] = [];
  const openIn = async (directory: string) => {
    const log = await openSqliteLog({ ...options, directory, clock: () => clock.now });
    logs.push(log);
    return log;
  };
  const another = async () => {
    const directory = await temporaryDirectory();
    directories.push(directory);
    return openIn(directory);
  };
  const log = await another();
  const [own = ''] = directories;
  return {
    log,
    clock,
    another,
    reopen: async () => {
      await logs.at(-1)?.close();
      return openIn(own);
    },
    dispose: async () => {
      for (const opened of logs) await opened.close();
      for (const directory of directories) await rm(directory, { recursive: true });
    },
  };
}
