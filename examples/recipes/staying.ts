/** How a client reads and subscribes. */
export interface Way {
  /** Reads the current state, replaces what is shown, and returns its `latestCursor`. */
  readonly query: () => Promise<string>;
  /** Subscribes after a cursor; `next` is called with the cursor of each event. Returns a function that ends it. */
  readonly subscribe: (after: string, sink: Sink) => () => void;
}

export interface Sink {
  readonly next: (cursor: string | undefined) => void;
  readonly error: (error: unknown) => void;
  readonly complete: () => void;
}

export interface StayOptions {
  readonly signal: AbortSignal;
  readonly firstWaitMs?: number;
  readonly maxWaitMs?: number;
}

/** The gateway responded with errors. */
export class Refused extends Error {
  constructor(readonly errors: readonly unknown[] = []) {
    super('The gateway rejected the request.');
  }
}

/** The codes of the GraphQL errors that a client throws: an array of them, or an error that has them. */
export function codesOf(error: unknown): string[] {
  const { errors, graphQLErrors } = (error ?? {}) as { errors?: unknown; graphQLErrors?: unknown };
  const found = [error, errors, graphQLErrors].find(Array.isArray) as { extensions?: { code?: unknown } }[] | undefined;
  return (found ?? []).map(({ extensions }) => String(extensions?.code));
}

/** Whether retrying cannot help. */
export const isFinal = (error: unknown): boolean =>
  codesOf(error).some((code) =>
    /^(BAD_|FORBIDDEN|NOT_FOUND|GRAPHQL_|OPERATION_|QUERY_TOO_COMPLEX|UNSUPPORTED|UPSTREAM_REJECTED)/.test(code),
  );

/** Queries, subscribes after the response's cursor, and reconnects whenever that ends: after the last event, or, on CURSOR_EXPIRED, with a query. Rejects if retrying cannot help. */
export async function stay({ query, subscribe }: Way, { signal, firstWaitMs = 1_000, maxWaitMs = 30_000 }: StayOptions): Promise<void> {
  let cursor: string | null = null;
  let failures = 0;
  const next = (reached: string | undefined) => {
    cursor = reached ?? cursor;
    failures = 0;
  };
  while (!signal.aborted) {
    const isResuming = cursor !== null;
    try {
      const after: string = (cursor ??= await query());
      await until(signal, (complete, error) => subscribe(after, { next, error, complete }));
    } catch (error) {
      if (isFinal(error)) throw error;
      if (codesOf(error).includes('CURSOR_EXPIRED')) {
        cursor = null;
        if (isResuming) continue; // the gateway has just responded: no need to wait
      }
    }
    failures += 1;
    const wait = Math.min(maxWaitMs, firstWaitMs * 2 ** failures) * (0.5 + Math.random() / 2);
    await until(signal, (done) => {
      const timer = setTimeout(done, wait);
      return () => clearTimeout(timer);
    });
  }
}

/** Starts something, and ends it when it is done, has failed, or is aborted. */
async function until(signal: AbortSignal, begin: (done: () => void, failed: (error: unknown) => void) => () => void): Promise<void> {
  let end: (() => void) | undefined;
  let stop: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      stop = resolve;
      signal.addEventListener('abort', stop);
      if (signal.aborted) resolve();
      else end = begin(resolve, reject);
    });
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
    end?.();
  }
}
