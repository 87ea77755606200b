import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { Worker } from 'node:worker_threads';
import { temporaryDirectory } from '../../../contract/event-log/sqlite-log.js';
import { queued, START } from '../../../contract/event-log/sample-events.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import { StoreClient } from '../../../../src/events/sqlite/store-client.js';
import { startStoreWorker } from '../../../../src/events/sqlite/start-worker.js';
import { storeSettings } from './store-settings.js';
import { LogUnavailableError } from '../../../../src/events/port/errors.js';

describe('the client of the store', () => {
  let directory: string;
  let store: StoreClient;
  let thread: Worker;
  const clock = { now: START };

  beforeEach(async () => {
    directory = await temporaryDirectory();
    thread = startStoreWorker(storeSettings(directory));
    ({ store } = await StoreClient.open(thread, () => clock.now));
  });
  afterEach(async () => {
    await store.close();
    await rm(directory, { recursive: true });
  });

  it('settles requests in the order in which the store ran them, a batch without interruption', async () => {
    const settled: string[] = [];
    const note = (what: string) => ({ resolve: () => settled.push(what), reject: () => settled.push(`${what} failed`) });
    store.call('append', toNewEvent(queued('e1')), note('e1'));
    store.call('append', toNewEvent(queued('e1', { conversationId: 'c2' })), note('reused'));
    store.call('activeSince', { from: { received: 0, seq: 0 } }, note('read'));
    await store.ask('append', toNewEvent(queued('e2')));
    expect(settled).toEqual(['e1', 'reused failed', 'read']);
  });

  it('runs thousands of requests, however many go into one batch', async () => {
    const appended = await Promise.all(Array.from({ length: 3_000 }, (_, index) => store.ask('append', toNewEvent(queued(`e${index}`)))));
    const [first] = appended;
    expect(appended.map(({ seq }) => seq)).toEqual(appended.map((_, index) => (first?.seq ?? 0) + index));
  });

  it('runs appends before the pages that many subscriptions wait for, and the pages nevertheless', async () => {
    const order: string[] = [];
    const query = { scope: { conversationId: 'c1' }, after: 0, before: null, limit: 200, fromEnd: false, types: null } as const;
    const pages = Array.from(
      { length: 20 },
      (_, n) =>
        new Promise<void>((resolve, reject) => {
          const note = () => {
            order.push(`page ${n}`);
            resolve();
          };
          store.readPage(query, { resolve: note, reject });
        }),
    );
    await store.ask('append', toNewEvent(queued('e1')));
    order.push('append');
    await Promise.all(pages);
    expect(order.indexOf('append')).toBeLessThanOrEqual(2);
    expect(order.filter((what) => what !== 'append')).toEqual(pages.map((_, n) => `page ${n}`));
  });

  it('rejects pending requests when its thread dies, and reports it', async () => {
    const begun = Array.from({ length: 600 }, (_, index) => store.ask('append', toNewEvent(queued(`e${index}`))));
    const outcomes = Promise.allSettled(begun);
    await begun[0];
    // It ends by itself: one that is ended in the middle of native code input the process with it.
    thread.postMessage('close');
    await once(thread, 'exit');
    expect((await outcomes).at(-1)).toEqual({ status: 'rejected', reason: expect.any(LogUnavailableError) as Error });
    await expect(store.ask('activeSince', { from: { received: 0, seq: 0 } })).rejects.toThrow(LogUnavailableError);
    expect(store.currentError()).toBe('The event log worker has exited');
  });

  it('says that the disk is stuck when it has not answered for long', async () => {
    const appending = store.ask('append', toNewEvent(queued('e1')));
    await Promise.resolve();
    expect(store.currentError()).toBeNull();
    clock.now += 5_001;
    expect(store.currentError()).toBe('The disk of the event log has not answered for 5001 ms');
    await appending;
    expect(store.currentError()).toBeNull();
  });

  it('rejects requests when it is closed', async () => {
    await store.close();
    await expect(store.ask('activeSince', { from: { received: 0, seq: 0 } })).rejects.toThrow(LogUnavailableError);
    expect(store.isClosed).toBe(true);
  });
});
