import DataLoader from 'dataloader';

/**
 * Loads each key once per request. The upstream has no call for many ids at once, so a batch is as many calls, side by side; one that fails leaves the
 * others alone.
 */
export function loaderOf<T>(load: (key: string) => Promise<T>): DataLoader<string, T> {
  return new DataLoader((keys) =>
    Promise.all(
      keys.map((key) => load(key).catch((error: unknown) => (error instanceof Error ? error : new Error('load failed', { cause: error })))),
    ),
  );
}
