import DataLoader from 'dataloader';

/**
 * Loads each key once per request. The upstream has no batch call, so a batch is that many parallel calls; one that fails leaves the
 * others alone.
 */
export function createLoader<T>(load: (key: string) => Promise<T>): DataLoader<string, T> {
  const settled = (key: string) =>
    load(key).catch((error: unknown) => (error instanceof Error ? error : new Error('load failed', { cause: error })));
  // Waiting for more keys gains nothing, so a batch is dispatched in the next microtask.
  return new DataLoader((keys) => Promise.all(keys.map(settled)), { batchScheduleFn: queueMicrotask });
}
