import { promisify } from 'node:util';
import { brotliDecompress, unzip } from 'node:zlib';
import { AxiosHeaders } from 'axios';
import type { AxiosAdapter, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';

/** Connections to the upstream at most; each carries one call at a time. */
const MAX_CONNECTIONS = 128;

type Config = InternalAxiosRequestConfig<string | undefined>;
type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What carries axios's calls over a pool of connections that are kept open. */
export interface PooledAdapter {
  /** An adapter that sends these headers with every call. From here they cost less than from axios, which copies those of each call four times. */
  withHeaders(always: Readonly<Record<string, string>>): AxiosAdapter;
  /** Closes the connections; calls in flight fail. */
  close(): void;
}

/**
 * Adapters for calls to one origin whose bodies are texts both ways. They do what their caller asks for and reads, and nothing else of what axios's own does: no
 * redirects, no proxies, and of the response headers only `retry-after` is kept. They ask for no compression; a compressed response is decompressed all the same.
 */
export function pooledAdapter(baseUrl: string): PooledAdapter {
  const pool = new Pool(new URL(baseUrl).origin, { connections: MAX_CONNECTIONS, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  return {
    withHeaders: (always) => (config: Config) =>
      new Promise((resolve, reject) => {
        pool.dispatch(dispatchOptions(config, always), new Exchange(config, resolve, reject));
      }),
    close: () => {
      void pool.destroy();
    },
  };
}

function dispatchOptions({ method = 'get', url = '', headers, data }: Config, always: Headers): Dispatcher.DispatchOptions {
  return {
    method: method.toUpperCase(),
    // An absolute URL without the origin that the pool is for.
    path: url.slice(url.indexOf('/', url.indexOf('://') + 3)),
    headers: { ...always, ...(headers as unknown as Record<string, string>) },
    body: data ?? null,
  };
}

const NO_HEADERS = new AxiosHeaders();

/** One call on its way: gathers the answer and settles the promise that axios waits for. */
class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: Headers = {};
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    private readonly config: Config,
    private readonly resolve: (response: AxiosResponse<string>) => void,
    private readonly reject: (error: Error) => void,
  ) {
    config.signal?.addEventListener?.('abort', this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.config.signal?.aborted === true) this.#abort();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    if (this.#bytes > this.#limit) controller.abort(createError('ERR_ANSWER_TOO_LARGE'));
  }

  onResponseEnd(): void {
    this.#done();
    const [first] = this.#chunks;
    const bytes = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    const encoding = this.#headers['content-encoding'] ?? 'identity';
    if (encoding === 'identity' || bytes.length === 0) this.#settle(bytes);
    else unpacked(bytes, encoding, this.#limit).then((plain) => this.#settle(plain), this.reject);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#done();
    this.reject(error);
  }

  get #limit(): number {
    return this.config.maxContentLength ?? Infinity;
  }

  #settle(bytes: Buffer): void {
    const { 'retry-after': retryAfter } = this.#headers;
    const headers = typeof retryAfter === 'string' ? new AxiosHeaders({ 'retry-after': retryAfter }) : NO_HEADERS;
    this.resolve({ data: bytes.toString(), status: this.#status, statusText: '', headers, config: this.config });
  }

  readonly #abort = (): void => {
    this.#controller?.abort(createError('ERR_CANCELED'));
    // It may wait for a connection still: what comes of it later is nobody's any more.
    this.reject(createError('ERR_CANCELED'));
  };

  #done(): void {
    this.config.signal?.removeEventListener?.('abort', this.#abort);
  }
}

const unpackAny = promisify<Buffer, { maxOutputLength: number }, Buffer>(unzip);
const unpackBrotli = promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress);

/** Rejects where it is of another encoding, damaged, or larger than `limit`. */
async function unpacked(bytes: Buffer, encoding: string | string[], limit: number): Promise<Buffer> {
  const options = { maxOutputLength: Math.min(limit, Number.MAX_SAFE_INTEGER) };
  if (encoding === 'br') return unpackBrotli(bytes, options);
  if (encoding === 'gzip' || encoding === 'x-gzip' || encoding === 'deflate') return unpackAny(bytes, options);
  throw createError('ERR_ANSWER_ENCODING');
}

const createError = (code: string): Error => Object.assign(new Error(code), { code });
