/** Milliseconds to wait before the next attempt, after `failures` consecutive failures (1 or more). */
export type Backoff = (failures: number) => number;

/**
 * Exponential backoff with jitter: clients that lost the same gateway do not all reconnect in the same moment.
 *
 * @param firstMs maximum of the first delay; default 1 s
 * @param maxMs maximum of every delay; default 30 s
 */
export function exponentialBackoff({ firstMs = 1_000, maxMs = 30_000, random = Math.random } = {}): Backoff {
  return (failures) => Math.min(maxMs, firstMs * 2 ** (failures - 1)) * (0.5 + random() / 2);
}

/** Waits; resolves early when the browser is online again, or when `signal` is aborted. */
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
