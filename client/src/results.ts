import type { Client, FormattedExecutionResult, SubscribePayload } from 'graphql-ws';
import { drain } from './drain.js';

/** A result of a subscription; the gateway sends a cursor with each. */
export type Result<TData> = FormattedExecutionResult<TData, { readonly cursor?: string }>;

/**
 * The results of one subscription until `signal` or the gateway ends it. An error is thrown after the results received before it.
 *
 * @param received called with each result on arrival, which may be long before it is consumed
 */
export function results<TData>(
  client: Client,
  payload: SubscribePayload,
  received: (result: Result<TData>) => void,
  signal: AbortSignal,
): AsyncGenerator<Result<TData>, void> {
  return drain<Result<TData>>(
    (sink) =>
      client.subscribe<TData, { readonly cursor?: string }>(payload, {
        ...sink,
        next: (result) => {
          received(result);
          sink.next(result);
        },
      }),
    signal,
  );
}
