import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '../../../contract/event-log/sqlite-log.js';
import { messageAdded, START } from '../../../contract/event-log/sample-events.js';
import { DEFAULT_RETRY_HORIZON_MS } from '../../../../src/domain/identity-retention.js';
import type { Driver } from '../../../../src/events/sqlite/driver.js';
import { SELECT_RECEIVED_SINCE, activeSince, appendEvent } from '../../../../src/events/sqlite/event-table.js';
import { eraseConversation, expireEvents } from '../../../../src/events/sqlite/expiry.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import { openStore } from '../../../../src/events/sqlite/open-store.js';
import { runSlice } from '../../../../src/events/sqlite/run-slices.js';
import { StoreClient } from '../../../../src/events/sqlite/store-client.js';
import { startStoreWorker } from '../../../../src/events/sqlite/start-worker.js';

const DAY = 86_400_000;
/** So many that a fast machine needs dozens of slices too. */
const EVENTS = 12_000;

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => rm(directory, { recursive: true }));

const settingsOf = (file: string) => ({ file, newEpoch: 'epoch', maxBytes: null, now: 0, retryHorizonMs: DEFAULT_RETRY_HORIZON_MS });

/** A store whose conversation c1 has many events, a second apart, received a day ago. */
async function storeWithOldEvents(): Promise<StoreClient> {
  const { store } = await StoreClient.open(startStoreWorker(settingsOf(join(directory, 'events.db'))), () => START);
  const old = (n: number) => ({ receivedAt: START - DAY, occurredAt: START - DAY + n * 1_000 });
  await Promise.all(Array.from({ length: EVENTS }, (_, n) => store.ask('append', toNewEvent(messageAdded(`old${n}`, `${n}`, old(n))))));
  return store;
}

/** The store, with a count of the slices that are asked of it. */
function counted(store: StoreClient) {
  const asked = {
    slices: 0,
    ask: store.ask.bind(store),
    askInBackground: ((name, input) => {
      asked.slices += 1;
      return store.askInBackground(name, input);
    }) as StoreClient['askInBackground'],
  };
  return asked;
}

/** How many appends, each asked for when the one before is answered, are served until `work` is done. */
async function appendsServedDuring(store: StoreClient, work: Promise<unknown>): Promise<number> {
  const state = { isDone: false };
  const done = work.then(() => (state.isDone = true));
  let served = 0;
  for (; !state.isDone; served += 1) await store.ask('append', toNewEvent(messageAdded(`new${served}`, 'Hello', { conversationId: 'c2' })));
  await done;
  return served;
}

describe('background work of the store', () => {
  const works: [string, (store: ReturnType<typeof counted>) => Promise<unknown>][] = [
    ['expiry', (store) => expireEvents(store, new Date(START - 1), START, DEFAULT_RETRY_HORIZON_MS)],
    ['erasure', (store) => eraseConversation(store, 'c1', START)],
  ];
  it.each(works)('serves appends between the slices of %s', async (_, begin) => {
    const store = await storeWithOldEvents();
    const asked = counted(store);
    const work = begin(asked);
    const served = await appendsServedDuring(store, work);
    expect(asked.slices).toBeGreaterThan(10);
    expect(served).toBeGreaterThanOrEqual(asked.slices / 2);
    await store.close();
  });

  it('runs after what is queued already, and before what comes later', async () => {
    const store = await storeWithOldEvents();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    const append = (id: string) => store.ask('append', toNewEvent(messageAdded(id, 'Hello'))).then(note(id));
    await Promise.all([
      append('e1').then(() => append('e2')),
      store.askInBackground('expireEvents', { receivedBefore: START, now: START }).then(note('slice')),
      append('e3'),
    ]);
    expect(order).toEqual(['e1', 'e3', 'slice', 'e2']);
    await store.close();
  });

  it('counts the time of a slice, and ends it before all rows are changed', () => {
    let chunks = 0;
    const busy = (limit: number) => {
      chunks += 1;
      for (const until = performance.now() + 3; performance.now() < until;);
      return limit;
    };
    expect(runSlice(busy)).toMatchObject({ done: false });
    expect(chunks).toBeLessThanOrEqual(2);
    expect(runSlice(() => 3)).toEqual({ changed: 3, done: true });
  });
});

describe('looking for active conversations', () => {
  let driver: Driver;
  beforeEach(() => {
    driver = openStore(settingsOf(join(directory, 'events.db'))).driver;
  });
  afterEach(() => driver.close());

  it('reads by the index of when events were received, and no other event', () => {
    const plan = driver.rows(`EXPLAIN QUERY PLAN ${SELECT_RECEIVED_SINCE}`, 0, 0, 10) as { detail: string }[];
    expect(plan.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^SEARCH events USING INDEX events_by_received \(received>/),
      // The id of the conversation, which events only have the number of.
      expect.stringMatching(/^SEARCH c USING INTEGER PRIMARY KEY/),
    ]);
  });

  it('continues slice by slice, also among events received in the same millisecond', () => {
    driver.exec('BEGIN');
    for (let n = 0; n < 5_000; n += 1) appendEvent(driver, toNewEvent(messageAdded(`e${n}`, `${n}`, { conversationId: `c${n}` })));
    appendEvent(driver, toNewEvent(messageAdded('old', 'old', { conversationId: 'c-old', receivedAt: START - 1 })));
    driver.exec('COMMIT');
    const found: string[] = [];
    let from: Parameters<typeof activeSince>[1]['from'] | null = { received: START, seq: 0 };
    while (from !== null) {
      const { conversationIds, next }: ReturnType<typeof activeSince> = activeSince(driver, { from });
      found.push(...conversationIds);
      from = next;
    }
    expect(found).toEqual(Array.from({ length: 5_000 }, (_, n) => `c${n}`));
  });
});

it('finds what is too old without reading the rest', () => {
  const driver = openStore(settingsOf(join(directory, 'events.db'))).driver;
  const plan = (sql: string) =>
    (driver.rows(`EXPLAIN QUERY PLAN ${sql}`, 0, 20) as { detail: string }[]).map(({ detail }) => detail).join('; ');
  for (const [table, key, time] of [
    ['spent', 'id', 'received'],
    ['sends', 'handle', 'sent'],
    ['handlings', 'conversation', 'kept'],
    ['requests', 'name', 'claimed'],
  ])
    expect(plan(`DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${time} < ? LIMIT ?)`)).not.toMatch(/SCAN/);
  driver.close();
});
