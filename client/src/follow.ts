import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { Client, FormattedExecutionResult } from 'graphql-ws';
import { exponentialBackoff, pause } from './backoff.js';
import type { Backoff } from './backoff.js';
import { onBookmark } from './bookmarks.js';
import { codesOf, isExpired, isFinal, RefusedError, retryAfterMs } from './error-classification.js';
import { results } from './results.js';
import type { Result } from './results.js';

export interface FollowOptions<TSnapshot, TData, TVariables> {
  /** As `connect` makes it. */
  readonly client: Client;
  /** Reads how things stand, `latestCursor` included. Called first, and again whenever the events after the last cursor are not all there any more. */
  readonly query: () => Promise<TSnapshot>;
  /** The cursor in it, to subscribe after. */
  readonly cursorOf: (snapshot: TSnapshot) => string;
  /** A subscription that takes a cursor as `$after`. */
  readonly subscription: TypedDocumentNode<TData, TVariables>;
  readonly variables: Omit<TVariables, 'after'>;
  /** Where somebody stopped who had followed before: goes on there, without a query. */
  readonly after?: string | null;
  /** Ends it, at once, also while nothing happens. */
  readonly signal?: AbortSignal;
  readonly backoff?: Backoff;
  /** It did not work, and will be tried again in so many milliseconds. For the user to be told, and for logs. */
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/** How things stand: what was known before is to be replaced. */
export interface SnapshotStep<TSnapshot> {
  readonly kind: 'snapshot';
  readonly snapshot: TSnapshot;
  readonly cursor: string;
}

/** What happened since, once and in order. */
export interface EventStep<TData> {
  readonly kind: 'event';
  /** Null only where a field failed that cannot be null; see `errors`. */
  readonly data: TData | null;
  readonly errors: FormattedExecutionResult['errors'];
  /** To go on after, should the program end here. */
  readonly cursor: string;
}

export type Step<TSnapshot, TData> = SnapshotStep<TSnapshot> | EventStep<TData>;

/**
 * Queries, subscribes after the cursor of the answer, and tells every event once, in order, whatever happens to the connection: comes back for ever, waiting
 * longer each time, and resumes after the last event that came in. Where the gateway does not have all events since then (CURSOR_EXPIRED), queries afresh.
 *
 * @throws RefusedError (or what `query` throws) where trying again cannot help: there is no such conversation, it is not yours, or the request is wrong
 */
export async function* follow<TSnapshot, TData, TVariables extends Record<string, unknown>>(
  options: FollowOptions<TSnapshot, TData, TVariables>,
): AsyncGenerator<Step<TSnapshot, TData>, void> {
  const { query, cursorOf, backoff = exponentialBackoff(), signal = new AbortController().signal } = options;
  const place: Place = { cursor: options.after ?? null };
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    const isResuming = place.cursor !== null;
    try {
      if (place.cursor === null) {
        const snapshot = await query();
        if (isOver(signal)) return;
        const cursor = cursorOf(snapshot);
        place.cursor = cursor;
        yield { kind: 'snapshot', snapshot, cursor };
      }
      for await (const step of eventsAfter(options, place, signal)) {
        failures = 0;
        yield step;
      }
    } catch (error) {
      if (isOver(signal)) return;
      if (isFinal(error)) throw error;
      if (isExpired(error)) place.cursor = null;
      if (isExpired(error) && isResuming) {
        // The gateway is there, and has answered: what it needs is the query, not a wait.
        failures = 0;
        options.onRetry?.(error, 0);
        continue;
      }
      // The next connection has a fresh token; this one's is no good.
      if (codesOf(error).includes('UNAUTHENTICATED')) options.client.terminate();
      failures = Date.now() - startedAt > STEADY_MS ? 1 : failures + 1;
      const delayMs = Math.max(backoff(failures), retryAfterMs(error));
      options.onRetry?.(error, delayMs);
      await pause(delayMs, signal);
    }
  }
}

/** A connection that held for so long was a good one, even if nothing happened meanwhile: 1 min. */
const STEADY_MS = 60_000;

/** How far it has come: the cursor of the last event that came in, or of one that it does not want; null before the first query, or when it has expired. */
interface Place {
  cursor: string | null;
}

/** The events of one subscription, until it breaks off, which is always an error. */
async function* eventsAfter<TData, TVariables>(
  { client, subscription, variables }: Pick<FollowOptions<never, TData, TVariables>, 'client' | 'subscription' | 'variables'>,
  place: Place,
  signal: AbortSignal,
): AsyncGenerator<EventStep<TData>, void> {
  const payload = {
    query: print(subscription),
    variables: {
      ...variables,
      // Read whenever it is sent, should graphql-ws send it anew by itself, as it does after a close with 1000.
      get after() {
        return place.cursor;
      },
    },
  };
  const received = ({ extensions }: Result<TData>) => {
    place.cursor = extensions?.cursor ?? place.cursor;
  };
  const stopBookmarks = onBookmark(client, payload, (cursor) => (place.cursor = cursor));
  try {
    for await (const { data = null, errors, extensions } of results(client, payload, received, signal)) {
      const cursor = extensions?.cursor;
      // Each event comes with its cursor, also when fields of it failed. Without one, the subscription itself was refused, or broke.
      if (cursor === undefined) throw new RefusedError(errors ?? []);
      yield { kind: 'event', data, errors, cursor };
    }
  } finally {
    stopBookmarks();
  }
  if (!signal.aborted) throw new Error('The gateway ended the subscription.');
}

/** As it is by now: what is waited for changes it. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;
