import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a gateway and its upstream, and keeps the headers of all calls. */
export class RecordingProxy {
  readonly calls: { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];
  /** Answers the calls for which it returns a status with that, and carries through the others. */
  statusOf: (path: string) => number | null = () => null;
  readonly #server: Server = createServer((request, response) => this.#carry(request, response));

  private constructor(private readonly target: URL) {}

  static async start(target: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(new URL(target));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #carry(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url: path = '/', headers } = request;
    this.calls.push({ method, path, headers });
    const status = this.statusOf(path);
    if (status !== null) {
      request.resume();
      response.writeHead(status).end();
      return;
    }
    const { hostname, port } = this.target;
    const onward = httpRequest({ hostname, port, method, path, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }
}
