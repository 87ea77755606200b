import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP } from 'cloudevents';
import type { CloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';

export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** A request that a receiver has accepted, or rejected on purpose. */
export interface ReceivedEvent {
  readonly id: string;
  readonly conversation: string;
  readonly event: CloudEvent<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
  readonly at: number;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long it takes. */
  readonly afterMs?: number;
}

/** Receives events as a sink's receiver does: verifies them by npm's `standardwebhooks` and reads them by npm's `cloudevents`. */
export class SinkReceiver {
  readonly received: ReceivedEvent[] = [];
  /** Events that were accepted, each the first time. */
  readonly accepted: ReceivedEvent[] = [];
  /** How often an event was accepted again. */
  repeats = 0;
  /** What is wrong with what was received. */
  readonly errors: string[] = [];
  readonly #webhook: Webhook;
  readonly #acceptedIds = new Set<string>();
  #server: Server | null = null;
  #port = 0;
  /** What the next event is answered. */
  respond: (event: { readonly id: string; readonly conversation: string }) => Response = () => ({ status: 204 });

  constructor(readonly secret = newSecret()) {
    this.#webhook = new Webhook(secret);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/events?key=hidden`;
  }

  /** The ids accepted of each conversation, in order. */
  byConversation(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const { conversation, id } of this.accepted) found.set(conversation, [...(found.get(conversation) ?? []), id]);
    return found;
  }

  /** Listens, again at the same port. */
  async listen(): Promise<void> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const answer = this.#receive(request.headers, Buffer.concat(chunks).toString());
        const send = () => response.writeHead(answer.status, answer.headers ?? {}).end();
        if (answer.afterMs === undefined) send();
        else setTimeout(send, answer.afterMs).unref();
      });
    });
    const server = this.#server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  }

  #keep(event: ReceivedEvent): void {
    this.received.push(event);
    if (event.status >= 300) return;
    if (this.#acceptedIds.has(event.id)) this.repeats += 1;
    else this.accepted.push(event);
    this.#acceptedIds.add(event.id);
  }

  #receive(headers: IncomingHttpHeaders, body: string): Response {
    try {
      this.#webhook.verify(body, headers as Record<string, string>);
      const event = HTTP.toEvent<Record<string, unknown>>({ headers, body }) as CloudEvent<Record<string, unknown>>;
      const seen = { id: event.id, conversation: event.subject ?? '' };
      const answer = this.respond(seen);
      this.#keep({ ...seen, event, headers, status: answer.status, at: Date.now() });
      return answer;
    } catch (error) {
      this.errors.push(String(error));
      return { status: 400 };
    }
  }
}
