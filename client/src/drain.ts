/** What a subscription reports to. */
export interface DrainSink<T> {
  readonly next: (value: T) => void;
  readonly error: (error: unknown) => void;
  readonly complete: () => void;
}

/**
 * The values of a subscription as an async generator, until `signal` or the subscription itself ends it. An error is thrown after the values received before it.
 *
 * @param start subscribes, and returns a function that unsubscribes
 */
export async function* drain<T>(start: (sink: DrainSink<T>) => () => void, signal: AbortSignal): AsyncGenerator<T, void> {
  const waiting: { readonly value: T }[] = [];
  const ending: { how: { readonly error: unknown } | 'complete' | null } = { how: null };
  let wake: () => void = () => undefined;
  const end = (how: (typeof ending)['how']) => {
    ending.how ??= how;
    wake();
  };
  const stop = start({
    next: (value) => {
      waiting.push({ value });
      wake();
    },
    error: (error) => end({ error }),
    complete: () => end('complete'),
  });
  const abort = () => end('complete');
  signal.addEventListener('abort', abort);
  try {
    while (!signal.aborted) {
      const next = waiting.shift();
      if (next !== undefined) yield next.value;
      else if (ending.how === 'complete') return;
      else if (ending.how !== null) throw ending.how.error;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    stop();
  }
}
