import { Worker } from 'node:worker_threads';
import type { StoreSettings } from './operations.js';

/** Starts the thread that holds the store. It opens the file and tells how that went. */
export function startStoreThread(settings: StoreSettings): Worker {
  return new Worker(workerFile(import.meta.url), { workerData: settings, name: 'event-log', execArgv: [] });
}

/** Threads run JavaScript only: where the sources themselves are run, as in tests, the built file is taken. */
function workerFile(here: string): URL {
  return new URL('./worker.js', here.endsWith('.ts') ? here.replace('/src/events/', '/build/events/') : here);
}
