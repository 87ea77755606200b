import { once } from 'node:events';
import { rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { restore } from '../../../src/events/sqlite/backup/restore.js';
import { openSqliteLog } from '../../../src/events/sqlite/open.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { run } from '../../support/command.js';
import { temporaryDirectory } from './sqlite-log.js';
import { idsOf } from './harness.js';
import { messageAdded, START } from './sample-events.js';

const BACKUPS = 2;
/** More than one checkpoint's worth of events is appended before each backup. */
const PER_BACKUP = 1_000;
const LARGE = 'x'.repeat(20_000);

async function allIds(log: EventLog): Promise<string[]> {
  const ids: string[] = [];
  for (let after = log.origin('all'), hasMore = true; hasMore;) {
    const page = await log.read('all', { after, limit: 1_000 });
    ids.push(...idsOf(page.events));
    ({ hasMore } = page);
    after = page.events.at(-1)?.cursor ?? after;
  }
  return ids;
}

it('a backup made while events are appended and checkpointed is the log as it was at one moment', async () => {
  const directory = await temporaryDirectory();
  const live = join(directory, 'live');
  const log = await openSqliteLog({ directory: live, clock: () => START });
  let acknowledged = 0;
  const state = { isOver: false };
  const appending = (async () => {
    while (!state.isOver) {
      const first = acknowledged;
      await Promise.all(Array.from({ length: 20 }, (_, n) => log.append(messageAdded(`e${first + n}`, LARGE))));
      acknowledged += 20;
    }
  })();
  try {
    for (let n = 0; n < BACKUPS; n += 1) {
      const until = acknowledged + PER_BACKUP;
      while (acknowledged < until) await new Promise((resolve) => setImmediate(resolve));
      const before = acknowledged;
      const file = join(directory, `backup-${n}.db`);
      expect(await run(['log', 'backup', file], { EVENT_LOG: `file:${live}` })).toMatchObject({ code: 0, stderr: '' });
      expect(acknowledged).toBeGreaterThan(before);
      restore(file, join(directory, `restored-${n}`, 'events.db'), { replace: false });
      const restored = await openSqliteLog({ directory: join(directory, `restored-${n}`), clock: () => START });
      const ids = await allIds(restored);
      await restored.close();
      expect(ids.length).toBeGreaterThanOrEqual(before);
      expect(ids).toEqual(Array.from({ length: ids.length }, (_, k) => `e${k}`));
    }
  } finally {
    state.isOver = true;
    await appending;
    await log.close();
    await rm(directory, { recursive: true });
  }
}, 180_000);

it('a backup that ends before it is done holds no checkpoints any more', async () => {
  const directory = await temporaryDirectory();
  const log = await openSqliteLog({ directory, clock: () => START });
  const file = join(directory, 'events.db');
  let count = 0;
  /** More than a checkpoint waits for. */
  const appendMuch = () => Promise.all(Array.from({ length: PER_BACKUP }, () => log.append(messageAdded(`e${(count += 1)}`, LARGE))));
  try {
    expect((await stat(`${file}-backup`)).mode & 0o777).toBe(0o600);
    const backup = connect(`${file}-backup`);
    const [held] = (await once(backup, 'data')) as [Buffer];
    expect(String(held)).toBe('held\n');
    const { size } = await stat(file);
    await appendMuch();
    expect((await stat(file)).size).toBe(size);
    backup.destroy();
    while ((await stat(file)).size === size) await appendMuch();
  } finally {
    await log.close();
    await rm(directory, { recursive: true });
  }
});
