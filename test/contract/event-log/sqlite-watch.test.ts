import { copyFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteLog } from '../../../src/events/sqlite/open.js';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { untilTrue } from '../../support/until.js';
import { temporaryDirectory } from './sqlite-log.js';
import { queued, START } from './sample-events.js';

describe('the files of an embedded event log that runs', () => {
  let directory: string;
  let file: string;
  let log: EventLog;
  let stored = 0;
  const append = () => log.append(queued(`e${(stored += 1)}`));

  beforeEach(async () => {
    directory = await temporaryDirectory();
    file = join(directory, 'events.db');
    // Opened again, it has all of its tables in the file itself.
    await (await openSqliteLog({ directory, clock: () => START })).close();
    log = await openSqliteLog({ directory, clock: () => START });
    await append();
    expect(await log.health()).toEqual({ ok: true, warnings: [] });
  });
  afterEach(async () => {
    await log.close();
    await rm(directory, { recursive: true });
  });

  const replaced = async (path: string) => {
    await copyFile(path, `${path}.copy`);
    await rename(`${path}.copy`, path);
  };
  it.each<[string, (path: string) => Promise<void>, string]>([
    ['deleted', (path) => rm(path), ''],
    ['deleted', (path) => rm(path), '-wal'],
    ['replaced', replaced, ''],
    ['replaced', replaced, '-wal'],
    ['truncated', (path) => truncate(path), ''],
    ['truncated', (path) => truncate(path, 8_192), ''],
    ['truncated', (path) => truncate(path), '-wal'],
  ])('are seen to be %s, and nothing is acknowledged that would be lost (%#)', async (what, change, suffix) => {
    await change(`${file}${suffix}`);
    await untilTrue(async () => !(await log.health()).ok);
    expect(await log.health()).toEqual({
      ok: false,
      warnings: [expect.stringContaining(`events.db${suffix} was ${what} while the gateway runs`) as string],
    });
    await expect(append()).rejects.toThrow(LogUnavailableError);
  });

  it('are seen to be truncated also when something was stored after that', async () => {
    await truncate(`${file}-wal`);
    await append().catch(() => undefined);
    await untilTrue(async () => !(await log.health()).ok);
    expect((await log.health()).warnings).toEqual([expect.stringContaining('events.db-wal was truncated') as string]);
  });

  it('are used again once they are put back', async () => {
    await rename(file, `${file}.moved`);
    await untilTrue(async () => !(await log.health()).ok);
    await rename(`${file}.moved`, file);
    await untilTrue(async () => (await log.health()).ok);
    await append();
  });

  it('may grow, be checkpointed and shrink without being mistaken for truncated', async () => {
    const text = 'x'.repeat(20_000);
    for (let n = 0; n < 1_500; n += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, k) => log.append({ ...queued(`big${n + k}`), data: { queue: { queueId: 'q', name: text } } })),
      );
    await log.erase('c1');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await log.health()).toEqual({ ok: true, warnings: [] });
  });
});

it.each(['/proc/self/events/log', '/proc/none', '/dev/null/below'])(
  'an embedded event log under %s is rejected immediately',
  async (directory) => {
    await expect(openSqliteLog({ directory, clock: () => START })).rejects.toThrow(LogUnavailableError);
  },
);
