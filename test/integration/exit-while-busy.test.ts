import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from 'graphql';
import { openDriver } from '../../src/events/sqlite/driver.js';
import { openSqliteLog } from '../../src/events/sqlite/open.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { EventsDocument } from '../operations/operations.generated.js';
import { untilTrue } from '../support/until.js';
import { ObservedProcess } from './observed-process.js';
import { upstreamSettings } from '../support/upstream-settings.js';
import { create } from '../unit/simulator/rest-client.js';

/** So many that to look through them all takes the log’s thread some ten milliseconds: it is then hardly ever found doing anything else. */
const STORED = 30_000;
const READERS = 4;
/** What an uncaught exception does to the process, on a signal that the gateway does not know. */
const BREAKS = "--import data:text/javascript,process.on('SIGUSR2',()=>{throw(new(Error)('unforeseen'))})";

let simulator: Simulator;
let directory: string;
let conversationId: string;
const started: ObservedProcess[] = [];
beforeAll(async () => {
  simulator = createSimulator({ agents: 'manual' });
  await simulator.listen();
  conversationId = await create(simulator);
  directory = mkdtempSync(join(tmpdir(), 'exit-while-busy-'));
  await (await openSqliteLog({ directory, clock: Date.now })).close();
  const driver = openDriver(join(directory, 'events.db'));
  driver.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT ${STORED})
    INSERT INTO events (id, conversation, type, received, json)
    SELECT 'e' || n, '${conversationId}', 'INTERACTION_QUEUED', ${Date.now()}, '{}' FROM numbers`);
  driver.close();
}, 60_000);
afterEach(() => Promise.all(started.splice(0).map((process) => process.dispose())));
afterAll(async () => {
  await simulator.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A gateway with a long drain time, whose log worker is held in the middle of a read. */
async function busyGateway(): Promise<{ gateway: ObservedProcess; url: string }> {
  const gateway = new ObservedProcess({
    ...upstreamSettings(simulator),
    EVENT_LOG: `file:${directory}`,
    RATE_LIMIT: 'off',
    DRAIN_SECONDS: '600',
    DRAIN_NOTICE_SECONDS: '300',
    NODE_OPTIONS: BREAKS,
  });
  started.push(gateway);
  const url = String((await gateway.line('listening'))['graphqlUrl']);
  const variables = { id: conversationId, first: 1, types: ['AGENT_JOINED'] };
  const body = JSON.stringify({ query: print(EventsDocument), variables });
  const answers: unknown[] = [];
  const read = async () => {
    for (;;) answers.push(await (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json());
  };
  // Until the gateway is gone.
  for (let n = 0; n < READERS; n += 1) void read().catch(() => undefined);
  await untilTrue(() => answers.length >= READERS);
  expect(answers[0]).toMatchObject({ data: { conversation: { events: { edges: [] } } } });
  return { gateway, url };
}

describe('a gateway whose embedded log is in the middle of a read', () => {
  it.each([1, 2, 3])('exits immediately on a second SIGTERM (run %i)', async () => {
    const { gateway, url } = await busyGateway();
    gateway.signal('SIGTERM');
    // Two signals that arrive together count as one.
    await untilTrue(async () => (await fetch(new URL('/readyz', url))).status === 503);
    gateway.signal('SIGTERM');
    expect(await gateway.exited()).toEqual({ code: 1, stderr: '' });
  });

  it('logs the error it exits for, and no error of its database driver', async () => {
    const { gateway } = await busyGateway();
    gateway.signal('SIGUSR2');
    const { code, stderr } = await gateway.exited();
    expect([code, stderr]).toEqual([1, expect.stringContaining('Error: unforeseen')]);
    expect(stderr).not.toContain('panicked');
  });
});
