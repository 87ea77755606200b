import { ApolloLink } from '@apollo/client/link';
import type { Client } from 'graphql-ws';
import { Observable } from 'rxjs';
import type { Observer } from 'rxjs';
import type { Backoff } from '../backoff.js';
import { follow } from '../follow.js';

export interface ResumableLinkOptions {
  /** A client created by `connect`. */
  readonly client: Client;
  /**
   * The cursor to subscribe after, for a subscription without `$after`, or whose cursor has expired. Refetch here what the subscription keeps up to date: query
   * with `fetchPolicy: 'network-only'`, which updates the cache, and return `latestCursor`. A subscription may bring its own as `latestCursor` in its context.
   */
  readonly latestCursor: (operation: ApolloLink.Operation) => Promise<string>;
  readonly backoff?: Backoff;
  /** Called when an attempt failed, with the delay in milliseconds before the next one. */
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/**
 * A terminating link for subscriptions with a cursor variable `$after`. To Apollo Client, a subscription over it never breaks: it reconnects indefinitely, resumes after
 * the last event, and fails only if retrying cannot help.
 */
export class ResumableLink extends ApolloLink {
  constructor(private readonly options: ResumableLinkOptions) {
    super();
  }

  override request(operation: ApolloLink.Operation): Observable<ApolloLink.Result> {
    return new Observable((observer) => {
      const ending = new AbortController();
      this.#follow(operation, observer, ending.signal).then(
        () => observer.complete(),
        (error: unknown) => observer.error(error),
      );
      return () => ending.abort();
    });
  }

  async #follow(operation: ApolloLink.Operation, observer: Pick<Observer<ApolloLink.Result>, 'next'>, signal: AbortSignal): Promise<void> {
    const { after, ...variables } = operation.variables;
    const { latestCursor = this.options.latestCursor, onRetry = this.options.onRetry } =
      operation.getContext() as Partial<ResumableLinkOptions>;
    const steps = follow<string, Record<string, unknown>, Record<string, unknown>>({
      ...this.options,
      query: () => latestCursor(operation),
      cursorOf: (cursor) => cursor,
      subscription: operation.query,
      variables,
      after: typeof after === 'string' ? after : null,
      signal,
      ...(onRetry === undefined ? {} : { onRetry }),
    });
    for await (const step of steps) {
      if (step.kind === 'snapshot') continue;
      const { data, errors, cursor } = step;
      observer.next({ data, ...(errors === undefined ? {} : { errors }), extensions: { cursor } });
    }
  }
}
