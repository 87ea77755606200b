import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDriver } from '../../../src/events/sqlite/driver.js';
import { openSqliteLog } from '../../../src/events/sqlite/open.js';
import type { SqliteLogOptions } from '../../../src/events/sqlite/open.js';
import { LogUnavailableError } from '../../../src/events/port/errors.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { temporaryDirectory } from './sqlite-log.js';
import { messageAdded, queued, START } from './sample-events.js';

const HOUR = 3_600_000;

describe('the file of the embedded event log', () => {
  let directory: string;
  let logs: EventLog[];
  const open = async (options: Partial<SqliteLogOptions> = {}) => {
    const log = await openSqliteLog({ directory, clock: () => START, ...options });
    logs.push(log);
    return log;
  };

  beforeEach(async () => {
    directory = await temporaryDirectory();
    logs = [];
  });
  afterEach(async () => {
    for (const log of logs) await log.close();
    await rm(directory, { recursive: true });
  });

  it('can be read by its owner only, as can its directory and the files beside it', async () => {
    const inner = join(directory, 'made', 'here');
    const log = await open({ directory: inner });
    await log.append(queued('e1'));
    expect((await stat(inner)).mode & 0o777).toBe(0o700);
    expect(await readdir(inner)).toEqual(['events.db', 'events.db-backup', 'events.db-wal']);
    for (const name of await readdir(inner)) expect((await stat(join(inner, name))).mode & 0o777).toBe(0o600);
  });

  it('is opened in a directory whose path is too long for a socket beside it', async () => {
    const inner = join(directory, 'a'.repeat(60), 'b'.repeat(60));
    await (await open({ directory: inner })).append(queued('e1'));
    expect(await readdir(inner)).toEqual(['events.db', 'events.db-wal']);
    // No socket by another name either.
    expect(await readdir(join(inner, '..'))).toEqual(['b'.repeat(60)]);
  });

  it('rejects a second process, naming the file, and stays intact', async () => {
    const log = await open();
    await log.append(queued('e1'));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const second = openSqliteLog({ directory, clock: () => START });
      await expect(second).rejects.toThrow(LogUnavailableError);
      await expect(second).rejects.toMatchObject({
        reason: expect.stringContaining(`${join(directory, 'events.db')} is open in another process`) as string,
      });
    }
    expect((await log.append(queued('e2'))).duplicate).toBe(false);
  });

  it('keeps its epoch, and has another when it is made anew', async () => {
    const first = await open();
    const origin = first.origin('all');
    await first.close();
    const again = await open();
    expect(again.origin('all')).toBe(origin);
    await again.close();
    await rm(join(directory, 'events.db'));
    expect((await open()).origin('all')).not.toBe(origin);
  });

  it('gets what it lacks when an older release wrote it', async () => {
    // Fails on what is not there.
    const made = 'DROP INDEX messages_by_time; DROP INDEX identities_by_age; DROP TABLE requests';
    await (await open()).close();
    changeFile(made);
    const log = await open();
    expect((await log.append(messageAdded('e1', 'Hello'))).identity?.id).toBe('ee1');
    await log.close();
    changeFile(made);
  });

  it('is rejected when a newer release wrote it', async () => {
    await (await open()).close();
    changeFile('PRAGMA user_version = 99');
    await expect(open()).rejects.toMatchObject({ reason: expect.stringMatching(/was written by a newer release \(format 99;/) as string });
  });

  it("is rejected when it is no database, or another application's", async () => {
    await writeFile(join(directory, 'events.db'), 'This is a text, not a database. '.repeat(200));
    await expect(open()).rejects.toMatchObject({ reason: expect.stringMatching(/is not an event log/) as string });
    await rm(join(directory, 'events.db'));
    changeFile('CREATE TABLE recipes (name TEXT)');
    await expect(open()).rejects.toMatchObject({ reason: expect.stringMatching(/is not an event log/) as string });
  });

  it('is rejected when it cannot be created', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(open({ directory: join(directory, 'file', 'below') })).rejects.toThrow(LogUnavailableError);
  });

  it('rejects appends while it is full, reports it, and accepts them again once there is room', async () => {
    const log = await open({ maxBytes: 400_000 });
    const old = { receivedAt: START - 2 * HOUR };
    const big = 'x'.repeat(5_000);
    let stored = 0;
    await expect(
      (async () => {
        for (; stored < 1_000; stored += 1) await log.append(messageAdded(`e${stored}`, big, old));
      })(),
    ).rejects.toThrow(LogUnavailableError);
    expect(await log.health()).toEqual({ ok: false, warnings: [expect.stringContaining('full') as string] });
    expect((await log.read('all', { limit: 1000 })).events).toHaveLength(stored);

    expect(await log.expire(new Date(START - HOUR))).toBe(stored);
    // Nobody appends to a log that is not ready: it finds out by itself.
    while (!(await log.health()).ok) await log.read('all', { limit: 1 });
    expect((await log.append(messageAdded('later', big))).duplicate).toBe(false);
    expect(await log.health()).toEqual({ ok: true, warnings: [] });
  });

  it('shrinks when events are removed', async () => {
    const log = await open();
    await Promise.all(Array.from({ length: 500 }, (_, index) => log.append(messageAdded(`e${index}`, 'x'.repeat(4_000)))));
    await log.close();
    const { size } = await stat(join(directory, 'events.db'));
    const again = await open();
    await again.erase('c1');
    await again.close();
    expect((await stat(join(directory, 'events.db'))).size).toBeLessThan(size / 5);
  });

  function changeFile(sql: string): void {
    const driver = openDriver(join(directory, 'events.db'));
    driver.exec(sql);
    driver.close();
  }
});
