import type { Client, FormattedExecutionResult, SubscribePayload } from 'graphql-ws';

/** A result of a subscription; the gateway sends a cursor with each. */
export type Result<TData> = FormattedExecutionResult<TData, { readonly cursor?: string }>;

/**
 * The results of one subscription until `signal` or the gateway ends it. An error is thrown after the results received before it.
 *
 * @param received called with each result on arrival, which may be long before it is consumed
 */
export async function* results<TData>(
  client: Client,
  payload: SubscribePayload,
  received: (result: Result<TData>) => void,
  signal: AbortSignal,
): AsyncGenerator<Result<TData>, void> {
  const waiting: Result<TData>[] = [];
  const ending: { how: { readonly error: unknown } | 'complete' | null } = { how: null };
  let wake: () => void = () => undefined;
  const end = (how: (typeof ending)['how']) => {
    ending.how ??= how;
    wake();
  };
  const stop = client.subscribe<TData, { readonly cursor?: string }>(payload, {
    next: (result) => {
      received(result);
      waiting.push(result);
      wake();
    },
    error: (error) => end({ error }),
    complete: () => end('complete'),
  });
  const abort = () => end('complete');
  signal.addEventListener('abort', abort);
  try {
    while (!signal.aborted) {
      const result = waiting.shift();
      if (result !== undefined) yield result;
      else if (ending.how === 'complete') return;
      else if (ending.how !== null) throw ending.how.error;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', abort);
    stop();
  }
}
