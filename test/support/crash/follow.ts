import { print } from 'graphql';
import type { DocumentNode } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { ConnectionEnded } from '../multipart-results.js';
import type { Subscriber } from '../multipart-subscriber.js';
import type { GatewayProcess } from './gateway-process.js';

/** RFC 6455: the connection was lost, or never made. */
const CLOSE_ABNORMAL = 1006;
/** The gateway restarts. */
const CLOSE_RESTART = 1012;

/** An event as a client was shown it. */
export interface Seen {
  readonly id: string;
  readonly cursor: string;
}

export interface Followed {
  /** In the order in which they came. */
  readonly seen: readonly Seen[];
  /** How often the connection was lost. */
  readonly resumes: number;
}

/** A `graphql-ws` client that leaves it to its user to reconnect, since only the user knows the last cursor. */
export function clientOf(wsUrl: string): Client {
  return createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
}

/** What is followed, and how it is asked for. */
export interface Followable {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The cursor to start after. */
  readonly origin: string;
  /** How many of the events that end a conversation come. */
  readonly endings: number;
}

/** Follows until the last event. Whenever the connection is lost, waits for the gateway and resumes after the last cursor. */
export function follow(gateway: GatewayProcess, client: Client, followed: Followable): Promise<Followed> {
  return followBy(async () => {
    await gateway.listening;
    return client;
  }, followed);
}

/** As `follow`; `connect` gives the client to begin, and to go on, with. What is seen is added to `seen` as it comes. */
export async function followBy(
  connect: () => Promise<Subscriber>,
  { document, variables, origin, endings }: Followable,
  seen: Seen[] = [],
): Promise<Followed> {
  const query = print(document);
  let resumes = 0;
  let ended = 0;
  for (;;) {
    const client = await connect();
    try {
      const after = seen.at(-1)?.cursor ?? origin;
      for await (const result of client.iterate<Record<string, Event>>({ query, variables: { ...variables, after } })) {
        const event = eventOf(result);
        seen.push({ id: event.id, cursor: event.cursor });
        if (event.__typename === 'ChannelActivity') ended += 1;
        if (ended === endings) return { seen, resumes };
      }
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
    }
    resumes += 1;
  }
}

interface Event extends Seen {
  readonly __typename: string;
}

function eventOf({ data, errors }: { readonly data?: Record<string, Event> | null | undefined; readonly errors?: unknown }): Event {
  const [event] = Object.values(data ?? {});
  if (event === undefined || errors) throw new Error(`an event came with errors: ${JSON.stringify(errors)}`);
  return event;
}

/** As the client reports it: by the socket's close, or by its error. A rejection by the gateway itself is a list of errors, or has another code. */
function isConnectionLost(error: unknown): boolean {
  if (error instanceof ConnectionEnded) return error.errors.every(({ extensions }) => extensions?.['code'] === 'RESTARTING');
  const { type, code } = error as { readonly type?: unknown; readonly code?: unknown };
  return type === 'error' || code === CLOSE_ABNORMAL || code === CLOSE_RESTART;
}
