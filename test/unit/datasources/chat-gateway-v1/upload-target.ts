import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Upload {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** What came, whole or not. */
  readonly body: Buffer;
  readonly complete: boolean;
}

export interface UploadAnswer {
  /** 0: the connection is cut. */
  readonly status: number;
  readonly body: string;
  /** As soon as the first bytes are here, instead of at the end. */
  readonly early?: boolean;
}

/** A real HTTP server that keeps the bytes that it gets, also of what breaks off. */
export interface UploadTarget {
  readonly baseUrl: string;
  /** Those that have ended. */
  readonly uploads: Upload[];
  /** Null if there is none. */
  answer: UploadAnswer | null;
  /** Resolves when the first bytes of an upload are here. */
  readonly begun: Promise<unknown>;
  /** Resolves when an upload has ended, well or not. */
  readonly ended: Promise<unknown>;
  close(): Promise<void>;
}

export async function startUploadTarget(): Promise<UploadTarget> {
  const uploads: Upload[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    const reply = () => {
      if (target.answer?.status === 0) request.destroy();
      else if (target.answer !== null) response.writeHead(target.answer.status).end(target.answer.body);
    };
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (chunks.length > 1) return;
      server.emit('begun');
      if (target.answer?.early === true) reply();
    });
    request.on('error', () => undefined);
    request.on('end', () => {
      if (target.answer?.early !== true) reply();
    });
    request.on('close', () => {
      const { method = '', url = '', headers, complete } = request;
      uploads.push({ method, url, headers, complete, body: Buffer.concat(chunks) });
      server.emit('ended');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target: UploadTarget = {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uploads,
    answer: null,
    begun: once(server, 'begun'),
    ended: once(server, 'ended'),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return target;
}
