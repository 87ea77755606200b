import DataLoader from 'dataloader';

/**
 * Loads each key once per request. The upstream has no call for many ids at once, so a batch is as many calls, side by side; one that fails leaves the
 * others alone.
 */
export function loaderOf<T>(load: (key: string) => Promise<T>): DataLoader<string, T> {
  const settled = (key: string) =>
    load(key).catch((error: unknown) => (error instanceof Error ? error : new Error('load failed', { cause: error })));
  // Nothing is gained by waiting for more keys, which is why a batch is not put off for longer than it takes to fill it.
  return new DataLoader((keys) => Promise.all(keys.map(settled)), { batchScheduleFn: queueMicrotask });
}
