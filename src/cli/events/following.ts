import { setTimeout as delay } from 'node:timers/promises';
import type { GraphQLFormattedError } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { CommandError } from '../command-error.js';
import { describeLoss, failureForGood, summarize, toCommandError } from './connection-failure.js';
import type { FollowedEvent } from './format-event.js';
import type { AskedGateway } from './gateway-options.js';

/** A subscription that lasts so long is one again, even if no event arrives: 3 s. A log that does not answer is noticed within two. */
const STEADY_MS = 3_000;

/** What is followed, and how far. */
export interface FollowRequest {
  readonly gateway: AskedGateway;
  /** A subscription whose field is called `events`, with a variable `$after`. */
  readonly subscription: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The cursor to begin after. Null for the log's end at the first connection. */
  readonly after: string | null;
  /** A query of that end, whose only field has a `latestCursor`. */
  readonly end: { readonly query: string; readonly variables: Readonly<Record<string, unknown>>; readonly whenNull: string };
  /** Ends after so many events. */
  readonly limit: number;
}

export interface FollowReport {
  event(event: FollowedEvent): void;
  /** Once for each outage; `cause` is one line. */
  lost(cause: string): void;
  /** The outage is over, after so many milliseconds. */
  back(afterMs: number): void;
}

/** Follows events, over as many connections as that needs. */
export class Following {
  /** Of the last event, whether or not it was filtered out. */
  cursor: string | null;
  #received = 0;
  #tries = 0;
  #wasConnected = false;
  /** How long the gateway asked to wait before a retry. */
  #retryAfterMs = 0;
  /** When the outage began, as `performance.now()` counts; null while there is none. */
  #lostAt: number | null = null;

  constructor(
    private readonly wanted: FollowRequest,
    private readonly signal: AbortSignal,
    private readonly report: FollowReport,
  ) {
    this.cursor = wanted.after;
  }

  /** Resolves once it is over. Rejects with `CommandError` if the gateway rejects the subscription, or was never reached. */
  async run(): Promise<void> {
    for (;;) {
      const cause = await this.#connection();
      if (this.#isOver()) return;
      if (this.#lostAt === null) {
        this.#lostAt = performance.now();
        this.report.lost(cause);
      }
      const waitMs = Math.max(this.#retryAfterMs, Math.min(10_000, 250 * 2 ** this.#tries++) * (0.5 + Math.random() / 2));
      this.#retryAfterMs = 0;
      await delay(waitMs, undefined, { signal: this.signal }).catch(() => undefined);
      if (this.#isOver()) return;
    }
  }

  #isOver(): boolean {
    return this.signal.aborted || this.#received >= this.wanted.limit;
  }

  #noteBack(): void {
    if (this.#lostAt === null || this.#isOver()) return;
    this.report.back(performance.now() - this.#lostAt);
    this.#lostAt = null;
  }

  /** Resolves with the reason for which it ended. */
  async #connection(): Promise<string> {
    let socketError: unknown = null;
    const client = this.#connect((error) => (socketError = error));
    const stop = () => void client.dispose();
    this.signal.addEventListener('abort', stop, { once: true });
    try {
      return this.#retryable(await this.#consume(client));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      if (Array.isArray(error)) return this.#retryable(error as GraphQLFormattedError[]);
      const failure = { error: socketError, closed: error };
      const forGood = failureForGood(failure, this.wanted.gateway, this.#wasConnected);
      if (forGood !== null) throw forGood;
      return describeLoss(failure);
    } finally {
      this.signal.removeEventListener('abort', stop);
      await client.dispose();
    }
  }

  #connect(onError: (error: unknown) => void): Client {
    const { url, token } = this.wanted.gateway;
    let steady: NodeJS.Timeout | undefined;
    return createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      keepAlive: 12_000,
      ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
      on: {
        connected: () => {
          this.#wasConnected = true;
          this.#tries = 0;
          steady = setTimeout(() => this.#noteBack(), STEADY_MS).unref();
        },
        closed: () => clearTimeout(steady),
        error: onError,
        ping: (received, payload) => {
          if (received) this.#moveOn(payload?.['cursors']);
        },
      },
    });
  }

  /** The gateway's pings carry the cursors of events that were filtered out; there is one subscription in a connection. */
  #moveOn(cursors: unknown): void {
    const [cursor] = Object.values(Object(cursors) as Record<string, unknown>);
    if (typeof cursor === 'string') this.cursor = cursor;
  }

  /** What the gateway said, if it asked for a retry, or said nothing; throws otherwise. */
  #retryable(errors: readonly GraphQLFormattedError[] | null): string {
    if (errors === null) return 'the gateway ended the subscription';
    this.#retryAfterMs = toRetryAfterMs(errors);
    if (this.#retryAfterMs === 0) throw toCommandError(errors, this.wanted.gateway);
    return summarize(errors);
  }

  /** Resolves with the errors that ended the subscription; null if there were none. Rejects as graphql-ws does. */
  async #consume(client: Client): Promise<readonly GraphQLFormattedError[] | null> {
    const { subscription, variables } = this.wanted;
    // So that an outage before the first event loses none.
    const errors = this.cursor === null ? await this.#findEnd(client) : null;
    if (errors !== null || this.#isOver()) return errors;
    const results = client.iterate<{ events: FollowedEvent }>({ query: subscription, variables: { ...variables, after: this.cursor } });
    for await (const { data, errors } of results) {
      if (!data?.events) return errors ?? [];
      this.#noteBack();
      this.cursor = data.events.cursor;
      this.#received += 1;
      this.report.event(data.events);
      if (this.#isOver()) return null;
    }
    return null;
  }

  /** Resolves with the errors that the gateway answered, null if there were none. */
  async #findEnd(client: Client): Promise<readonly GraphQLFormattedError[] | null> {
    const { query, variables, whenNull } = this.wanted.end;
    for await (const { data, errors } of client.iterate<Record<string, { latestCursor: string } | null>>({ query, variables })) {
      if (errors !== undefined) return errors;
      const [at] = Object.values(data ?? {});
      if (!at) throw new CommandError(whenNull);
      this.cursor = at.latestCursor;
    }
    return null;
  }
}

/** In an outage, for instance of the event log, the gateway says when to retry; 0 if it does not. */
function toRetryAfterMs(errors: readonly GraphQLFormattedError[]): number {
  return Math.max(0, ...errors.map(({ extensions }) => Number(extensions?.['retryAfterSeconds'] ?? 0) * 1_000));
}
