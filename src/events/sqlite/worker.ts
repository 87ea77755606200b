import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../port/errors.js';
import { openStore } from './open-store.js';
import type { Driver } from './driver.js';
import { FileWatch } from './file-watch.js';
import type { WorkerResponse, Reply, Request, StoreSettings, WorkerRequest } from './worker-protocol.js';
import { runBatch } from './run-batch.js';
import type { WorkerStartData } from './start-worker.js';
import { WorkerExitGuard } from './worker-exit-guard.js';

/** The store's thread: opens the file, then runs one batch after another until it is told to close. */
function serve(port: NonNullable<typeof parentPort>, settings: StoreSettings, rest: WorkerExitGuard): void {
  const tell = (message: WorkerResponse) => {
    port.postMessage(message);
  };
  let driver: Driver;
  let files: FileWatch;
  try {
    const store = rest.busy(() => openStore(settings));
    if (store === null) return;
    driver = store.driver;
    files = new FileWatch(settings.file);
    tell({ opened: store.opened });
  } catch (error) {
    tell({ refused: reasonOf(error) });
    return;
  }
  port.on('message', (message: WorkerRequest) => {
    if (message !== 'close') {
      const replies = rest.busy(() => runWatched(driver, files, message.batch));
      if (replies !== null) tell({ replies });
      return;
    }
    rest.busy(() => {
      driver.close();
      files.close();
    });
    port.close();
  });
}

/** Runs a batch, unless what it stores would be lost. */
function runWatched(driver: Driver, files: FileWatch, batch: readonly Request[]): Reply[] {
  const fault = files.fault();
  if (fault !== null) return batch.map(() => ({ ok: false, kind: 'UNAVAILABLE', message: fault }));
  const replies = runBatch(driver, batch);
  files.note();
  return replies;
}

if (parentPort !== null) {
  const { settings, rest } = workerData as WorkerStartData;
  serve(parentPort, settings, new WorkerExitGuard(rest));
}
