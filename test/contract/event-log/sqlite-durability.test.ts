import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { logFile, openSqliteLog } from '../../../src/events/sqlite/open.js';
import type { EventLog } from '../../../src/events/port/event-log.js';
import { untilTrue } from '../../support/until.js';
import { temporaryDirectory } from './sqlite-log.js';
import { idsOf } from './harness.js';
import { START, listed, messageAdded } from './sample-events.js';

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

it('has on disk soon what it answered before it was there', async () => {
  const directory = await temporaryDirectory();
  const log = await openSqliteLog({ directory, clock: () => START + 60_000 });
  await log.append(messageAdded('e1', 'Hello'));
  const walSize = () => statSync(`${logFile(directory)}-wal`).size;
  const before = walSize();
  await log.identifyListedMessages('c1', [listed('m1', 'Hello')]);
  await untilTrue(() => walSize() > before);
  await log.identifyListedMessages('c1', []);
  await log.append(messageAdded('e2', 'Good morning'));
  await log.identifyListedMessages('c1', [listed('m2', 'Good morning')]);
  await log.close();
  const again = await openSqliteLog({ directory, clock: () => START });
  for (const n of [1, 2]) expect(await again.findByIdentity('c1', `ee${n}`)).toMatchObject({ identity: { listedId: `m${n}` } });
  await again.close();
  await rm(directory, { recursive: true });
});
