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
  /** A client created by `connect`. */
  readonly client: Client;
  /** Reads the current state, including `latestCursor`. Called first, and again whenever the last cursor has expired. */
  readonly query: () => Promise<TSnapshot>;
  /** The cursor to subscribe after, from the snapshot. */
  readonly cursorOf: (snapshot: TSnapshot) => string;
  /** A subscription with a cursor variable `$after`. */
  readonly subscription: TypedDocumentNode<TData, TVariables>;
  readonly variables: Omit<TVariables, 'after'>;
  /** Cursor of an earlier run: resumes there, without a query. */
  readonly after?: string | null;
  /** Ends it immediately, also while no event arrives. */
  readonly signal?: AbortSignal;
  readonly backoff?: Backoff;
  /** Called when an attempt failed, with the delay in milliseconds before the next one; for the user interface and for logs. */
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/** The current state: replaces everything known before. */
export interface SnapshotStep<TSnapshot> {
  readonly kind: 'snapshot';
  readonly snapshot: TSnapshot;
  readonly cursor: string;
}

/** An event since then, once and in order. */
export interface EventStep<TData> {
  readonly kind: 'event';
  /** Null only if a non-null field failed; see `errors`. */
  readonly data: TData | null;
  readonly errors: FormattedExecutionResult['errors'];
  /** Resume after it if the program ends here. */
  readonly cursor: string;
}

export type Step<TSnapshot, TData> = SnapshotStep<TSnapshot> | EventStep<TData>;

/**
 * Queries, subscribes after the cursor of the response, and yields every event once and in order, whatever happens to the connection: it reconnects indefinitely with exponential
 * backoff and resumes after the last event received. On CURSOR_EXPIRED it queries again.
 *
 * @throws RefusedError (or what `query` throws) if retrying cannot help: the conversation does not exist, it is not yours, or the request is wrong
 */
export async function* follow<TSnapshot, TData, TVariables extends Record<string, unknown>>(
  options: FollowOptions<TSnapshot, TData, TVariables>,
): AsyncGenerator<Step<TSnapshot, TData>, void> {
  const { query, cursorOf, backoff = exponentialBackoff(), signal = new AbortController().signal } = options;
  const position: Position = { cursor: options.after ?? null };
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = Date.now();
    const isResuming = position.cursor !== null;
    try {
      if (position.cursor === null) {
        const snapshot = await query();
        if (isOver(signal)) return;
        const cursor = cursorOf(snapshot);
        position.cursor = cursor;
        yield { kind: 'snapshot', snapshot, cursor };
      }
      for await (const step of eventsAfter(options, position, signal)) {
        failures = 0;
        yield step;
      }
    } catch (error) {
      if (isOver(signal)) return;
      if (isFinal(error)) throw error;
      if (isExpired(error)) position.cursor = null;
      if (isExpired(error) && isResuming) {
        // The gateway has just answered, so there is no need to wait before the query.
        failures = 0;
        options.onRetry?.(error, 0);
        continue;
      }
      // The next connection gets a fresh token; this one's is invalid.
      if (codesOf(error).includes('UNAUTHENTICATED')) options.client.terminate();
      failures = Date.now() - startedAt > STEADY_MS ? 1 : failures + 1;
      const delayMs = Math.max(backoff(failures), retryAfterMs(error));
      options.onRetry?.(error, delayMs);
      await pause(delayMs, signal);
    }
  }
}

/** A connection that lasted so long resets the backoff, even if no event arrived: 1 min. */
const STEADY_MS = 60_000;

/** The cursor of the last event received, or filtered out; null before the first query, and after it has expired. */
interface Position {
  cursor: string | null;
}

/** The events of one subscription. It only ends with an error, unless aborted. */
async function* eventsAfter<TData, TVariables>(
  { client, subscription, variables }: Pick<FollowOptions<never, TData, TVariables>, 'client' | 'subscription' | 'variables'>,
  position: Position,
  signal: AbortSignal,
): AsyncGenerator<EventStep<TData>, void> {
  const payload = {
    query: print(subscription),
    variables: {
      ...variables,
      // A getter, since graphql-ws sends the payload again by itself after a close with 1000.
      get after() {
        return position.cursor;
      },
    },
  };
  const received = ({ extensions }: Result<TData>) => {
    position.cursor = extensions?.cursor ?? position.cursor;
  };
  const stopBookmarks = onBookmark(client, payload, (cursor) => (position.cursor = cursor));
  try {
    for await (const { data = null, errors, extensions } of results(client, payload, received, signal)) {
      const cursor = extensions?.cursor;
      // Each event has a cursor, even if some of its fields failed. Without one, the subscription itself was rejected.
      if (cursor === undefined) throw new RefusedError(errors ?? []);
      yield { kind: 'event', data, errors, cursor };
    }
  } finally {
    stopBookmarks();
  }
  if (!signal.aborted) throw new Error('The gateway ended the subscription.');
}

/** A function, since `await` changes the value and TypeScript does not know. */
const isOver = (signal: AbortSignal): boolean => signal.aborted;
