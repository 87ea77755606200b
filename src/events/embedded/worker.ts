import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../errors.js';
import { openStore } from './open-store.js';
import type { Driver } from './driver.js';
import type { FromStore, StoreSettings, ToStore } from './operations.js';
import { runBatch } from './run-batch.js';

/** The store's thread: opens the file, then runs one batch after another until it is told to close. */
function serve(port: NonNullable<typeof parentPort>, settings: StoreSettings): void {
  const tell = (message: FromStore) => {
    port.postMessage(message);
  };
  let driver: Driver;
  try {
    const store = openStore(settings);
    driver = store.driver;
    tell({ opened: store.opened });
  } catch (error) {
    tell({ refused: reasonOf(error) });
    return;
  }
  port.on('message', (message: ToStore) => {
    if (message !== 'close') {
      tell({ replies: runBatch(driver, message.batch) });
      return;
    }
    driver.close();
    port.close();
  });
}

if (parentPort !== null) serve(parentPort, workerData as StoreSettings);
