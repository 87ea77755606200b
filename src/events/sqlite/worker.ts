import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../port/errors.js';
import { openStore } from './open-store.js';
import type { Driver } from './driver.js';
import { FileWatch } from './file-watch.js';
import type { WorkerResponse, Reply, Request, StoreSettings, WorkerRequest } from './worker-protocol.js';
import { commitLosable, runBatch } from './run-batch.js';
import type { WorkerStartData } from './start-worker.js';
import { WorkerExitGuard } from './worker-exit-guard.js';

/** How long it may take until what may be lost is on disk. */
const COMMIT_DELAY_MS = 100;

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
  const commit = () => guard.runBusy(() => commitLosable(driver));
  let timer: NodeJS.Timeout | null = null;
  const commitSoon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      commit();
    }, COMMIT_DELAY_MS);
  };
  port.on('message', (message: WorkerRequest) => {
    if (message !== 'close') {
      const replies = guard.runBusy(() => runBatchIfFilesIntact(driver, files, message.batch));
      if (replies === null) return;
      post({ replies });
      if (driver.inTransaction) commitSoon();
      return;
    }
    if (timer !== null) clearTimeout(timer);
    guard.runBusy(() => {
      commitLosable(driver);
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
