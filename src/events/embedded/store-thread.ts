import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { StoreSettings } from './operations.js';
import { ThreadRest } from './thread-rest.js';

/** What the thread is given. */
export interface ThreadData {
  readonly settings: StoreSettings;
  /** Of its `ThreadRest`. */
  readonly rest: SharedArrayBuffer;
}

/** Starts the thread that holds the store. It opens the file and tells how that went. */
export function startStoreThread(settings: StoreSettings): Worker {
  const rest = new ThreadRest();
  const workerData: ThreadData = { settings, rest: rest.memory };
  const thread = new Worker(workerFile(import.meta.url), { workerData, name: 'event-log', execArgv: [] });
  rest.watch(once(thread, 'exit'));
  return thread;
}

/** Threads run JavaScript only: where the sources themselves are run, as in tests, the built file is taken. */
function workerFile(here: string): URL {
  return new URL('./worker.js', here.endsWith('.ts') ? here.replace('/src/events/', '/build/events/') : here);
}
