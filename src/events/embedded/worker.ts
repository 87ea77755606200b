import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../errors.js';
import { openStore } from './open-store.js';
import type { Driver } from './driver.js';
import type { FromStore, StoreSettings, ToStore } from './operations.js';
import { runBatch } from './run-batch.js';
import type { ThreadData } from './store-thread.js';
import { ThreadRest } from './thread-rest.js';

/** The store's thread: opens the file, then runs one batch after another until it is told to close. */
function serve(port: NonNullable<typeof parentPort>, settings: StoreSettings, rest: ThreadRest): void {
  const tell = (message: FromStore) => {
    port.postMessage(message);
  };
  let driver: Driver;
  try {
    const store = rest.busy(() => openStore(settings));
    if (store === null) return;
    driver = store.driver;
    tell({ opened: store.opened });
  } catch (error) {
    tell({ refused: reasonOf(error) });
    return;
  }
  port.on('message', (message: ToStore) => {
    if (message !== 'close') {
      const replies = rest.busy(() => runBatch(driver, message.batch));
      if (replies !== null) tell({ replies });
      return;
    }
    rest.busy(() => {
      driver.close();
    });
    port.close();
  });
}

if (parentPort !== null) {
  const { settings, rest } = workerData as ThreadData;
  serve(parentPort, settings, new ThreadRest(rest));
}
