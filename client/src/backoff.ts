/** How long to wait, in milliseconds, before the try after `failures` failures in a row (1 or more). */
export type Backoff = (failures: number) => number;

/**
 * Twice as long each time, up to `maxMs`, and of that a random part: clients that lost the same gateway do not all come back in the same moment.
 *
 * @param firstMs the most that the first wait takes: 1 s by default
 * @param maxMs the most that any takes: 30 s by default
 */
export function exponentialBackoff({ firstMs = 1_000, maxMs = 30_000, random = Math.random } = {}): Backoff {
  return (failures) => Math.min(maxMs, firstMs * 2 ** (failures - 1)) * (0.5 + random() / 2);
}

/** Waits; less long when the browser says that it is online again, or when `signal` says that it is over. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const browser = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      browser.removeEventListener?.('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    browser.addEventListener?.('online', done);
  });
}
