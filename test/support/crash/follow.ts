import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import WebSocket from 'ws';
import { ConversationEventsDocument } from '../../operations/operations.generated.js';
import type { ConversationEventsSubscription } from '../../operations/operations.generated.js';
import type { GatewayProcess } from './gateway-process.js';

/** RFC 6455: the connection was lost, or never made. */
const CLOSE_ABNORMAL = 1006;

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

/** A `graphql-ws` client that leaves it to its user to come back, since only the user knows the last cursor. */
export function clientOf(wsUrl: string): Client {
  return createClient({ url: wsUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
}

/** Follows a conversation until the event that ends it. Whenever the connection is lost, waits for the gateway and resumes after the last cursor. */
export async function follow(gateway: GatewayProcess, client: Client, conversationId: string, origin: string): Promise<Followed> {
  const seen: Seen[] = [];
  let resumes = 0;
  for (;;) {
    await gateway.listening;
    try {
      const variables = { id: conversationId, after: seen.at(-1)?.cursor ?? origin };
      const query = print(ConversationEventsDocument);
      for await (const result of client.iterate<ConversationEventsSubscription>({ query, variables })) {
        const event = eventOf(result);
        seen.push({ id: event.id, cursor: event.cursor });
        if (event.type === 'CHANNEL_ACTIVITY') return { seen, resumes };
      }
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
    }
    resumes += 1;
  }
}

interface Result {
  readonly data?: ConversationEventsSubscription | null | undefined;
  readonly errors?: unknown;
}

function eventOf({ data, errors }: Result): ConversationEventsSubscription['conversationEvents'] {
  if (!data || errors) throw new Error(`an event came with errors: ${JSON.stringify(errors)}`);
  return data.conversationEvents;
}

/** As the client tells it: by the socket's close, or by its error. What the gateway itself refuses comes as a list of errors, or with another code. */
function isConnectionLost(error: unknown): boolean {
  const { type, code } = error as { readonly type?: unknown; readonly code?: unknown };
  return type === 'error' || code === CLOSE_ABNORMAL;
}
