import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { restore } from '../../../src/events/embedded/backup/restore.js';
import { openEmbeddedLog } from '../../../src/events/embedded/open.js';
import type { EventLog } from '../../../src/events/event-log.js';
import { run } from '../../support/command.js';
import { temporaryDirectory } from './embedded-log.js';
import { idsOf } from './harness.js';
import { messageAdded, START } from './sample-events.js';

const BACKUPS = 3;
/** More than two checkpoints' worth of events are appended for each backup. */
const PER_BACKUP = 2_000;
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
  const log = await openEmbeddedLog({ directory: live, clock: () => START });
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
      const restored = await openEmbeddedLog({ directory: join(directory, `restored-${n}`), clock: () => START });
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
}, 60_000);
