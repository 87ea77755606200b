import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { temporaryDirectory } from '../../../contract/event-log/sqlite-log.js';
import { queued, START } from '../../../contract/event-log/sample-events.js';
import { toNewEvent } from '../../../../src/events/sqlite/new-event.js';
import { StoreClient } from '../../../../src/events/sqlite/store-client.js';
import { startStoreWorker } from '../../../../src/events/sqlite/start-worker.js';
import { storeSettings } from './store-settings.js';
import { WorkerExitGuard } from '../../../../src/events/sqlite/worker-exit-guard.js';

describe('the rest of a thread', () => {
  let ended: (() => void) | undefined;
  const watched = () => {
    const rest = new WorkerExitGuard();
    rest.watch(new Promise<void>((resolve) => (ended = resolve)));
    return rest;
  };
  afterEach(() => ended?.());

  it('lets it work, one thing after the other, also after a failure', () => {
    const rest = new WorkerExitGuard();
    expect(rest.runBusy(() => 1)).toBe(1);
    expect(() => rest.runBusy(() => JSON.parse('{') as unknown)).toThrow(SyntaxError);
    expect(rest.runBusy(() => 2)).toBe(2);
  });

  it('keeps it from beginning anything once the process is about to exit', () => {
    const rest = watched();
    expect(WorkerExitGuard.endAll(0)).toBe(true);
    const work = { done: false };
    expect(rest.runBusy(() => (work.done = true))).toBeNull();
    expect(work.done).toBe(false);
    expect(WorkerExitGuard.endAll(0)).toBe(true);
  });

  it('is not there while it works, for as long as one is ready to wait', () => {
    expect(watched().runBusy(() => WorkerExitGuard.endAll(10))).toBe(false);
  });

  it('is of no concern once it has ended', async () => {
    const rest = watched();
    ended?.();
    await Promise.resolve();
    expect(rest.runBusy(() => WorkerExitGuard.endAll(10))).toBe(true);
  });

  it('is waited for between two batches of a store, with all acknowledged events stored', async () => {
    const directory = await temporaryDirectory();
    const thread = startStoreWorker(storeSettings(directory));
    const { store } = await StoreClient.open(thread, () => START);
    const appends = Array.from({ length: 3_000 }, (_, n) => store.ask('append', toNewEvent(queued(`e${n}`))));
    const outcomes = Promise.allSettled(appends);
    await appends[0];
    expect(WorkerExitGuard.endAll(10_000)).toBe(true);
    const exit = once(thread, 'exit');
    await thread.terminate();
    await exit;
    const fulfilled = (await outcomes).filter(({ status }) => status === 'fulfilled').length;
    expect(fulfilled).toBeLessThan(3_000);
    const again = await StoreClient.open(startStoreWorker(storeSettings(directory)), () => START);
    const repeats = await Promise.all(Array.from({ length: fulfilled }, (_, n) => again.store.ask('append', toNewEvent(queued(`e${n}`)))));
    expect(repeats.every(({ duplicate }) => duplicate)).toBe(true);
    await again.store.close();
    await rm(directory, { recursive: true });
  });
});
