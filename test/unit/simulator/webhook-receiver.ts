import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly raw: Buffer;
  readonly event: ReceivedEvent;
}

export interface ReceivedEvent {
  readonly eventType: string;
  readonly conversationId: string;
  readonly timestamp: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A webhook that keeps what it gets. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: Received[];
  /** Resolves when so many tries have come in. */
  until(count: number): Promise<readonly Received[]>;
  close(): Promise<void>;
}

/** @param statusOf what to answer to the nth try, from 0; null if it is not answered */
export async function createWebhookReceiver(statusOf: (nth: number) => number | null = () => 204): Promise<WebhookReceiver> {
  const received: Received[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const status = statusOf(received.length);
      received.push({ headers: request.headers, raw, event: JSON.parse(raw.toString()) as ReceivedEvent });
      if (status !== null) response.writeHead(status).end();
      for (const { count, resolve } of waiting) if (count <= received.length) resolve();
      waiting = waiting.filter(({ count }) => count > received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    async until(count) {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
