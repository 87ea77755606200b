import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openSqliteLog } from '../../../src/events/sqlite/open.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { temporaryDirectory } from './sqlite-log.js';
import { idsOf } from './harness.js';

const CHILD = fileURLToPath(new URL('./append-until-killed.js', import.meta.url));

/** Lets another process append, kills it in the middle, and returns what it was acknowledged. */
async function acknowledgedBeforeKill(directory: string, first: number, count: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > count) child.kill('SIGKILL');
  });
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return printed.trimEnd().split('\n');
}

async function allIds(log: EventLog): Promise<string[]> {
  const ids: string[] = [];
  for (let after = log.origin('all'); ;) {
    const { events, hasMore } = await log.read('all', { after, limit: 1000 });
    ids.push(...idsOf(events));
    if (!hasMore) return ids;
    after = events.at(-1)?.cursor ?? after;
  }
}

describe('the embedded event log, killed', () => {
  it('holds every acknowledged event once, time after time', async () => {
    const directory = await temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 1; round <= 4; round += 1) {
      acknowledged.push(...(await acknowledgedBeforeKill(directory, round * 1_000_000, round * 150)));
      const log = await openSqliteLog({ directory, clock: Date.now });
      const stored = await allIds(log);
      await log.close();
      expect(new Set(stored).size).toBe(stored.length);
      expect(acknowledged.filter((id) => !stored.includes(id))).toEqual([]);
    }
    await rm(directory, { recursive: true });
  });
});
