import { createClient } from 'graphql-ws';
import { Agent, fetch } from 'undici';
import type { RequestInit, Response as UndiciResponse } from 'undici';
import WebSocket from 'ws';
import { eventBodiesOf } from '../event-stream-results.js';
import { HttpResults, partsOf } from '../multipart-results.js';
import type { MultipartBody, Operation, ResultIterator } from '../multipart-results.js';
import type { Transport } from '../running-gateway.js';

const ACCEPT = { multipart: 'multipart/mixed;subscriptionSpec="1.0", application/json', 'event stream': 'text/event-stream' } as const;

/** A client of what a proxy serves over TLS, which trusts its certificate. */
export class PublicClient {
  readonly #dispatcher: Agent;

  /**
   * @param url where the gateway is served, without a slash at its end
   * @param allowH2 whether HTTP/2 is used for what the proxy serves over it
   */
  constructor(
    readonly url: string,
    readonly ca: string,
    allowH2: boolean,
  ) {
    this.#dispatcher = new Agent({ allowH2, connect: { ca } });
  }

  fetch(path: string, init: RequestInit = {}): Promise<UndiciResponse> {
    return fetch(new URL(path, `${this.url}/`), { dispatcher: this.#dispatcher, ...init });
  }

  /** The data of a query or mutation; fails where there is an error. */
  async ask<T>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await this.fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`HTTP ${response.status} ${text}`);
    const { data, errors } = JSON.parse(text) as { data: T; errors?: unknown };
    if (errors !== undefined) throw new Error(text);
    return data;
  }

  subscribe<T>(transport: Transport, operation: Operation): ResultIterator<T> {
    if (transport === 'WebSocket') return this.#overSocket(operation);
    const headers = { accept: ACCEPT[transport], 'content-type': 'application/json' };
    const request = (signal: AbortSignal) => this.fetch('graphql', { method: 'POST', headers, body: JSON.stringify(operation), signal });
    return this.#overHttp(transport, request);
  }

  /** As an `EventSource` does, whose requests are GETs. */
  eventSource<T>({ query, variables }: Operation): ResultIterator<T> {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    const headers = { accept: ACCEPT['event stream'] };
    return this.#overHttp('event stream', (signal) => this.fetch(`graphql?${search.toString()}`, { headers, signal }));
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  #overSocket<T>(operation: Operation): ResultIterator<T> {
    const { ca } = this;
    class TrustingWebSocket extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, { ca });
      }
    }
    const client = createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: TrustingWebSocket,
      retryAttempts: 0,
    });
    const results = client.iterate<T, { cursor: string }>(operation) as AsyncGenerator;
    return {
      next: () => results.next() as ReturnType<ResultIterator<T>['next']>,
      return: async () => {
        await results.return(undefined);
        await client.dispose();
      },
    };
  }

  #overHttp<T>(transport: 'multipart' | 'event stream', request: (signal: AbortSignal) => Promise<UndiciResponse>): ResultIterator<T> {
    const read: (response: Response) => AsyncGenerator<MultipartBody<T>, void> = transport === 'multipart' ? partsOf : eventBodiesOf;
    return new HttpResults<T>(request, read);
  }
}
