export interface FetchOptions {
  /** Called for each request. */
  readonly token?: () => string | Promise<string>;
  /** The gateway sends an empty part every 12 s: after this time without a byte the connection is dead. */
  readonly silentMs?: number;
}

/** A `fetch` for the gateway: with a fresh token, and an error if the response, or the rest of it, does not arrive. */
export function watchfulFetch({ token, silentMs = 30_000 }: FetchOptions = {}): typeof fetch {
  return async (input, init = {}) => {
    const ending = new AbortController();
    const { signal, headers } = init;
    signal?.addEventListener('abort', () => ending.abort(signal.reason));
    const inTime = async <T>(waiting: Promise<T>): Promise<T> => {
      const timer = setTimeout(() => ending.abort(new Error('Nothing came from the gateway.')), silentMs);
      return waiting.finally(() => clearTimeout(timer));
    };
    const sent = new Headers(headers);
    if (token) sent.set('authorization', `Bearer ${await token()}`);
    const response = await inTime(fetch(input, { ...init, headers: sent, signal: ending.signal }));
    const reader = response.body?.getReader();
    if (!reader) return response;
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { value } = await inTime<{ value?: Uint8Array }>(reader.read());
        if (value) controller.enqueue(value);
        else controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    });
    return new Response(body, response);
  };
}
