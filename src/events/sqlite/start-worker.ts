import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../domain/worker-entry.js';
import type { StoreSettings } from './worker-protocol.js';
import { WorkerExitGuard } from './worker-exit-guard.js';

/** What the thread is given. */
export interface WorkerStartData {
  readonly settings: StoreSettings;
  /** Of its `ThreadRest`. */
  readonly rest: SharedArrayBuffer;
}

/** Starts the thread that holds the store. It opens the file and tells how that went. */
export function startStoreWorker(settings: StoreSettings): Worker {
  const rest = new WorkerExitGuard();
  const workerData: WorkerStartData = { settings, rest: rest.memory };
  const thread = new Worker(workerUrl('./worker.js', import.meta.url), { workerData, name: 'event-log', execArgv: [] });
  rest.watch(once(thread, 'exit'));
  return thread;
}
