import type { Client, FormattedExecutionResult, Sink } from 'graphql-ws';

interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Subscribes, and resumes after the last event whenever the socket reconnects: graphql-ws then sends the same payload again, in which `after` now is that
 * event's cursor. Returns a function that ends it.
 */
export function subscribeResuming(
  socket: Client,
  { query, variables }: Operation,
  sink: Sink<FormattedExecutionResult<Record<string, unknown>, { cursor?: string }>>,
): () => void {
  const payload = { query, variables: { ...variables } };
  return socket.subscribe<Record<string, unknown>, { cursor?: string }>(payload, {
    next: (result) => {
      sink.next(result);
      payload.variables['after'] = result.extensions?.cursor ?? payload.variables['after'];
    },
    error: (error) => sink.error(error),
    complete: () => sink.complete(),
  });
}
