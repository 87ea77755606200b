import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../domain/worker-entry.js';
import type { StoreSettings } from './worker-protocol.js';
import { WorkerExitGuard } from './worker-exit-guard.js';

/** Start data of the worker. */
export interface WorkerStartData {
  readonly settings: StoreSettings;
  /** Memory of its `WorkerExitGuard`. */
  readonly guard: SharedArrayBuffer;
}

/** Starts the worker that owns the store. It opens the file and posts the result. */
export function startStoreWorker(settings: StoreSettings): Worker {
  const guard = new WorkerExitGuard();
  const workerData: WorkerStartData = { settings, guard: guard.memory };
  const thread = new Worker(workerUrl('./worker.js', import.meta.url), { workerData, name: 'event-log', execArgv: [] });
  guard.watch(once(thread, 'exit'));
  return thread;
}
