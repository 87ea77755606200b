import type { ExecutionResult } from 'graphql';
import { meros } from 'meros/browser';

export interface Operation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** The results of a subscription, whatever they come over. */
export interface ResultIterator<T> {
  next(): Promise<IteratorResult<ExecutionResult<T, { cursor: string }>, unknown>>;
  return(): Promise<unknown>;
}

/** What a part of the multipart protocol holds; nothing in a heartbeat. */
export interface MultipartBody<T> {
  readonly payload?: ExecutionResult<T, { cursor: string }> | null;
  /** Why the connection ends. */
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** Asks for a subscription over Apollo's multipart protocol, with a token where one is given. */
export function requestMultipart(url: string, operation: Operation, signal?: AbortSignal, token?: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      accept: 'multipart/mixed;subscriptionSpec="1.0", application/json',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(operation),
    ...(signal ? { signal } : {}),
  });
}

/** The parts of an answer, heartbeats too, read by a library that knows nothing of this gateway. */
export async function* partsOf<T>(response: Response): AsyncGenerator<MultipartBody<T>, void> {
  const parts = await meros<MultipartBody<T>>(response);
  // Of whichever `fetch` it came.
  if (!(Symbol.asyncIterator in parts)) throw new Error(`not multipart: HTTP ${parts.status} ${await parts.text()}`);
  for await (const { json, body } of parts) {
    if (!json) throw new Error('a part that is not JSON');
    yield body;
  }
}

/** The gateway ends the connection, and says why. */
export class ConnectionEnded extends Error {
  constructor(readonly errors: NonNullable<MultipartBody<unknown>['errors']>) {
    super(`the connection ends: ${JSON.stringify(errors)}`);
  }
}

/** A subscription over a request of its own, with the results alone. Ends the way the protocol has it. */
export class HttpResults<T> implements ResultIterator<T> {
  readonly #abort = new AbortController();
  readonly #bodies: AsyncGenerator<MultipartBody<T>, void>;

  /**
   * @param request sends it
   * @param read reads the parts of the answer
   */
  constructor(request: (signal: AbortSignal) => Promise<Response>, read: (response: Response) => AsyncGenerator<MultipartBody<T>, void>) {
    const response = request(this.#abort.signal);
    // Nothing is reported if it stops before anything has arrived.
    response.catch(() => undefined);
    this.#bodies = bodiesOf(response, read);
  }

  async next(): Promise<IteratorResult<ExecutionResult<T, { cursor: string }>, unknown>> {
    for (;;) {
      const next = await this.#bodies.next().catch((error: unknown) => {
        if (!this.#abort.signal.aborted) throw error;
        return { done: true as const, value: undefined };
      });
      if (next.done === true) return next;
      const { payload, errors } = next.value;
      if (errors !== undefined) throw new ConnectionEnded(errors);
      if (payload) return { done: false, value: payload };
    }
  }

  return(): Promise<void> {
    this.#abort.abort();
    return Promise.resolve();
  }
}

async function* bodiesOf<T>(
  response: Promise<Response>,
  read: (response: Response) => AsyncGenerator<MultipartBody<T>, void>,
): AsyncGenerator<MultipartBody<T>, void> {
  yield* read(await response);
}

export class MultipartResults<T> extends HttpResults<T> {
  constructor(url: string, operation: Operation, token?: string) {
    super((signal) => requestMultipart(url, operation, signal, token), partsOf<T>);
  }
}
