import { isIP } from 'node:net';
import { lookup as lookUpName } from 'node:dns';
import type { LookupOptions } from 'node:dns';
import { Pool, buildConnector } from 'undici';
import { retryAfterMs } from '../datasources/upstream/retry-after.js';
import { PrivateAddressError, connectionFailure, statusFailure } from './failure.js';
import type { Failure } from './failure.js';
import { isPublicAddress } from './private-addresses.js';

/** How an attempt ended. `status`: 0 without a response. */
export interface SendResult {
  readonly status: number;
  /** Null if the status is 2xx. */
  readonly failure: Failure | null;
  /** How long the receiver asks to wait, in milliseconds; null if it does not. */
  readonly retryAfterMs: number | null;
}

export interface SinkClientOptions {
  readonly url: string;
  readonly allowPrivate: boolean;
  /** How many requests may be in flight. */
  readonly connections: number;
  /** How long an attempt may take, from the connection to the last byte that is read of the response. */
  readonly timeoutMs: number;
  /** Resolves host names. Default: the system's. */
  readonly lookup?: typeof lookUpName;
}

/** Bytes of a response that are read, so that its connection can be used again; a longer one is cut. */
const MAX_RESPONSE_BYTES = 16_384;

/** Sends requests to one receiver, over connections that are kept. Does not follow redirects, and uses no proxy. */
export class SinkClient {
  readonly #pool: Pool;
  readonly #path: string;

  constructor(private readonly options: SinkClientOptions) {
    const url = new URL(options.url);
    this.#path = `${url.pathname}${url.search}`;
    const { connections, timeoutMs } = options;
    const connect = options.allowPrivate ? { timeout: timeoutMs } : publicConnector(timeoutMs, options.lookup ?? lookUpName);
    this.#pool = new Pool(url.origin, { connections, pipelining: 1, headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect });
  }

  /** Never rejects. */
  async post(body: string, headers: Readonly<Record<string, string>>): Promise<SendResult> {
    const signal = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const response = await this.#pool.request({ method: 'POST', path: this.#path, headers, body, signal });
      const { statusCode: status } = response;
      await response.body.dump({ limit: MAX_RESPONSE_BYTES, signal }).catch(() => undefined);
      const asked = retryAfterMs(response.headers['retry-after'], Date.now());
      return { status, failure: status >= 200 && status < 300 ? null : statusFailure(status, asked), retryAfterMs: asked };
    } catch (error) {
      return { status: 0, failure: connectionFailure(error, this.options.timeoutMs), retryAfterMs: null };
    }
  }

  /** Ends requests in flight. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Connects to public addresses only: checked where the connection is made, so that a name cannot resolve to another one afterwards. */
function publicConnector(timeout: number, lookup: typeof lookUpName): buildConnector.connector {
  const connect = buildConnector({ timeout, lookup: publicLookup(lookup) } as buildConnector.BuildOptions);
  return (options, callback) => {
    // Names are looked up; addresses are not.
    const host = options.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) callback(new PrivateAddressError(), null);
    else connect(options, callback);
  };
}

type LookupCallback = (error: Error | null, address: unknown, family?: number) => void;

/** Looks names up, and rejects those of which any address is not public. */
export function publicLookup(lookup: typeof lookUpName): (host: string, options: LookupOptions, callback: LookupCallback) => void {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const [first] = error === null ? addresses : [];
      if (error !== null || first === undefined) callback(error ?? new Error('no address'), '');
      else if (!addresses.every(({ address }) => isPublicAddress(address))) callback(new PrivateAddressError(), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
