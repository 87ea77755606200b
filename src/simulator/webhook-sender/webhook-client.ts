import http from 'node:http';
import https from 'node:https';

/** Posts to webhooks over keep-alive connections. */
export interface WebhookAnswer {
  readonly status: number;
  readonly duplicate: boolean;
}

export class WebhookClient {
  readonly #http = new http.Agent({ keepAlive: true });
  readonly #https = new https.Agent({ keepAlive: true });
  readonly #inFlight = new Set<http.ClientRequest>();
  readonly #timeoutMs: number;

  /** @param timeoutMs how long a connection may be idle */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves with the HTTP status, and whether the receiver says that it had the event already. Rejects if there is no response in time; redirects are not followed. */
  async post(uri: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<WebhookAnswer> {
    const options = { method: 'POST', timeout: this.#timeoutMs, headers: { ...headers, 'content-length': body.length } };
    const secure = new URL(uri).protocol === 'https:';
    const request = secure ? https.request(uri, { ...options, agent: this.#https }) : http.request(uri, { ...options, agent: this.#http });
    this.#inFlight.add(request);
    return new Promise<WebhookAnswer>((resolve, reject) => {
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.on('response', (response) => {
        response.on('error', reject);
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, duplicate: response.headers['x-event-duplicate'] === 'true' });
        });
        response.resume();
      });
      request.end(body);
    }).finally(() => this.#inFlight.delete(request));
  }

  /** Aborts all requests in flight. */
  close(): void {
    for (const request of this.#inFlight) request.destroy(new Error('the simulator is closing'));
    this.#http.destroy();
    this.#https.destroy();
  }
}
