import { createClient } from 'graphql-ws';
import type { Client } from 'graphql-ws';
import type { ExecutionResult } from 'graphql';
import WebSocket from 'ws';
import { EventStreamResults } from '../support/event-stream-results.js';
import { multipartSubscriber } from '../support/multipart-subscriber.js';
import type { Subscriber } from '../support/multipart-subscriber.js';
import type { RunningGateway, Transport } from '../support/running-gateway.js';

/** The outcome of a request, as its sender sees it. */
export interface Reply {
  readonly status: number;
  readonly body: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly errors?: readonly { message: string; extensions: { code: string } }[];
  };
}

/** Asks with a token (null: without). */
export async function askAs(gateway: RunningGateway, token: string | null, query: string, variables: object = {}): Promise<Reply> {
  const response = await fetch(gateway.addresses.graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

/** Asks, and gives the data of the first field; fails where there are errors. */
export async function dataAs<T>(gateway: RunningGateway, token: string | null, query: string, variables: object = {}): Promise<T> {
  const { body } = await askAs(gateway, token, query, variables);
  if (body.errors !== undefined || !body.data) throw new Error(`the answer has errors: ${JSON.stringify(body)}`);
  return Object.values(body.data)[0] as T;
}

/** A socket of a client with this token. */
export function socketAs(gateway: RunningGateway, token: string | null): Client {
  return createClient({
    url: gateway.addresses.wsUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: token === null ? {} : { authorization: `Bearer ${token}` },
  });
}

/** A client with this token whose subscriptions go over a transport. */
export function subscriberAs(gateway: RunningGateway, token: string | null, transport: Transport): Subscriber {
  if (transport === 'WebSocket') return socketAs(gateway, token);
  const Results = transport === 'multipart' ? undefined : EventStreamResults<never>;
  return multipartSubscriber(gateway.addresses.graphqlUrl, token ?? undefined, Results);
}

/** The first result of a subscription. Errors at its start count as one. */
export async function firstResult(client: Subscriber, query: string, variables: Record<string, unknown>): Promise<ExecutionResult> {
  const results = client.iterate({ query, variables });
  try {
    const first = await results.next();
    return (first.value ?? {}) as ExecutionResult;
  } catch (errors) {
    if (!Array.isArray(errors)) throw errors;
    return { errors: errors as never };
  } finally {
    await results.return?.();
  }
}
