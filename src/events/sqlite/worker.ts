import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../port/errors.js';
import { openStore } from './open-store.js';
import type { Driver } from './driver.js';
import { FileWatch } from './file-watch.js';
import type { WorkerResponse, Reply, Request, StoreSettings, WorkerRequest } from './worker-protocol.js';
import { runBatch } from './run-batch.js';
import type { WorkerStartData } from './start-worker.js';
import { WorkerExitGuard } from './worker-exit-guard.js';

/** The worker: opens the file, then runs batches until it is closed. */
function serve(port: NonNullable<typeof parentPort>, settings: StoreSettings, guard: WorkerExitGuard): void {
  const post = (message: WorkerResponse) => {
    port.postMessage(message);
  };
  let driver: Driver;
  let files: FileWatch;
  try {
    const store = guard.runBusy(() => openStore(settings));
    if (store === null) return;
    driver = store.driver;
    files = new FileWatch(settings.file);
    post({ opened: store.opened });
  } catch (error) {
    post({ openError: reasonOf(error) });
    return;
  }
  port.on('message', (message: WorkerRequest) => {
    if (message !== 'close') {
      const replies = guard.runBusy(() => runBatchIfFilesIntact(driver, files, message.batch));
      if (replies !== null) post({ replies });
      return;
    }
    guard.runBusy(() => {
      driver.close();
      files.close();
    });
    port.close();
  });
}

/** Runs a batch, unless its writes would be lost. */
function runBatchIfFilesIntact(driver: Driver, files: FileWatch, batch: readonly Request[]): Reply[] {
  const error = files.findError();
  if (error !== null) return batch.map(() => ({ ok: false, kind: 'UNAVAILABLE', message: error }));
  const replies = runBatch(driver, batch);
  files.recordSizes();
  return replies;
}

if (parentPort !== null) {
  const { settings, guard } = workerData as WorkerStartData;
  serve(parentPort, settings, new WorkerExitGuard(guard));
}
