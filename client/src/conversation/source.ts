import type { Client } from 'graphql-ws';
import type { Backoff } from '../backoff.js';
import { RefusedError } from '../error-classification.js';
import { follow } from '../follow.js';
import type { Step } from '../follow.js';
import { ConversationDocument, ConversationEventsDocument } from '../generated/graphql.js';
import type { ConversationEventsSubscription, ConversationQuery } from '../generated/graphql.js';
import { request } from '../request.js';
import type { Request } from '../request.js';

/** A snapshot of a conversation, or an event since then. */
export type ConversationStep = Step<ConversationQuery, ConversationEventsSubscription>;

/** As in `FollowOptions`. */
export interface FollowingOptions {
  readonly after: string | null;
  readonly signal: AbortSignal;
  readonly onRetry: (error: unknown, delayMs: number) => void;
}

/** How a program reaches the gateway; create one for the whole program. */
export interface ConversationSource {
  /** Sends a query or a mutation. */
  readonly request: Request;
  /** The conversation, then each event once and in order; throws only if retrying cannot help. */
  readonly follow: (id: string, options: FollowingOptions) => AsyncIterable<ConversationStep>;
  /** Calls `changed` when the connection opens or is lost; returns a function that stops it. */
  readonly onConnection: (changed: (isConnected: boolean) => void) => () => void;
}

export interface SocketSourceOptions {
  /** A client created by `connect`; or a function that creates it on first use, so that rendering on a server needs no WebSocket. */
  readonly client: Client | (() => Client);
  /** For queries and mutations; default: over the same socket. See `requestOverHttp`. */
  readonly request?: Request;
  readonly backoff?: Backoff;
}

/** A source that needs no other GraphQL client. */
export function socketSource({ client, request: send, ...others }: SocketSourceOptions): ConversationSource {
  let created = typeof client === 'function' ? null : client;
  const connected = (): Client => (created ??= typeof client === 'function' ? client() : client);
  const overSocket: Request = (document, variables) => request(connected(), document, variables);
  const ask = send ?? overSocket;
  return {
    request: ask,
    follow: (id, options) =>
      follow({
        ...others,
        ...options,
        client: connected(),
        query: async () => existing(await ask(ConversationDocument, conversationVariables(id))),
        cursorOf: ({ conversation }) => conversation?.latestCursor ?? '',
        subscription: ConversationEventsDocument,
        variables: { id },
      }),
    onConnection: (changed) => connectionOf(connected(), changed),
  };
}

/** The variables with which a conversation's snapshot is queried. */
export const conversationVariables = (id: string): { id: string; withEvents: boolean } => ({ id, withEvents: true });

/** @throws RefusedError as a subscription does if there is no such conversation, or the caller may not see it */
export function existing<T extends ConversationQuery>(snapshot: T): T {
  if (snapshot.conversation) return snapshot;
  throw new RefusedError([{ message: 'There is no such conversation.', extensions: { code: 'NOT_FOUND' } }]);
}

/** As `ConversationSource.onConnection`. In a browser without a network it ends the connection, which would notice only when it next sends something. */
export function connectionOf(client: Client, changed: (isConnected: boolean) => void): () => void {
  const browser = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>;
  const lost = () => {
    changed(false);
    client.terminate();
  };
  browser.addEventListener?.('offline', lost);
  const stops = [client.on('connected', () => changed(true)), client.on('closed', () => changed(false))];
  return () => {
    browser.removeEventListener?.('offline', lost);
    for (const stop of stops) stop();
  };
}
