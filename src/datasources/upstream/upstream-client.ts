import { Axios } from 'axios';
import type { AxiosAdapter, AxiosRequestConfig } from 'axios';
import type { Clock } from '../../domain/clock.js';
import { NotFoundError } from '../../domain/errors.js';
import { percentEncode } from '../../domain/percent-encode.js';
import { NO_TRACING } from '../../observability/tracing.js';
import type { Span, Tracing } from '../../observability/tracing.js';
import { describeError } from './describe-error.js';
import type { CallAbort } from './lightweight-abort-signal.js';
import { pooledAdapter } from './undici-axios-adapter.js';
import type { PooledAdapter } from './undici-axios-adapter.js';
import { ReadAnswer } from './read-answer.js';
import { retryAfterMs } from './retry-after.js';
import { SingleFlight } from './single-flight.js';
import { isSource } from './credential-source.js';
import type { CredentialHeaders, CredentialSource } from './credential-source.js';
import type { ChangeCall, ReadCall, UpstreamCallReport, UpstreamCalls } from './upstream-call.js';
import { confirmed, errorOfFailure, outcomeUnknown } from './upstream-errors.js';
import type { UpstreamAnswer } from './upstream-errors.js';
import type { CallGuard } from './call-guard.js';
import { ResiliencePolicy } from './resilience-policy.js';
import { TracedCalls, tracedExchange } from './traced-call.js';

export interface UpstreamClientOptions {
  /** Scheme, host and port, and a path that all paths are put after, if any. */
  readonly baseUrl: string;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Headers that say who we are, sent with every call that is not `anonymous`; or where to get them, where they change. */
  readonly credentials?: CredentialHeaders | CredentialSource;
  /** For a whole call, from its start to the last byte of the answer. Default 10,000. */
  readonly timeoutMs?: number;
  /** Of an answer, after decompression. Default 10 MiB. */
  readonly maxAnswerBytes?: number;
  readonly clock: Clock;
  readonly onCall?: (report: UpstreamCallReport) => void;
  readonly tracing?: Tracing;
  /** Shared by all that call this upstream; one of its own by default. */
  readonly guard?: CallGuard;
  /** What carries the calls; the pool of connections below by default. */
  readonly adapter?: AxiosAdapter;
}

const JSON_TYPE = 'application/json';

interface Request {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly contentType?: string;
  readonly anonymous: boolean;
  /** What the call is a step of; null if nothing is traced, or nobody in particular waits for it. */
  readonly caller: Span | null;
}

/** An axios that sends some headers with every call. */
interface Sender {
  readonly http: Axios;
  /** What makes a call carry further headers: past axios, which copies and normalizes those of a call, where that can be. */
  readonly withHeaders: (further: Readonly<Record<string, string>>) => Pick<AxiosRequestConfig<string>, 'headers' | 'adapter'>;
}

/**
 * Calls the upstream within its resilience policy, and maps failures to errors that clients may see (`upstream-errors`). Redirects are not followed and proxies
 * of the environment not used: the credentials go to the configured host only.
 */
export class UpstreamClient implements UpstreamCalls {
  readonly #options: UpstreamClientOptions;
  readonly #origin: string;
  readonly #traced: TracedCalls;
  readonly #pool: PooledAdapter;
  readonly #anonymous: Sender;
  /** With credentials that never change, too. */
  readonly #identified: Sender;
  readonly #shared = new SingleFlight<ReadAnswer | null>();
  readonly #guard: CallGuard;

  constructor(options: UpstreamClientOptions) {
    this.#options = options;
    this.#guard = options.guard ?? new ResiliencePolicy({ clock: options.clock });
    this.#origin = options.baseUrl.replace(/\/+$/, '');
    this.#traced = new TracedCalls(options.baseUrl);
    this.#pool = pooledAdapter(options.baseUrl);
    const always = { accept: 'application/hal+json, application/json, application/problem+json', ...options.headers };
    const { credentials = {} } = options;
    this.#anonymous = this.#sender(always);
    this.#identified = isSource(credentials) ? this.#anonymous : this.#sender({ ...always, ...credentials });
  }

  /**
   * Not `axios.create`, whose instances carry all of axios's defaults into each call, to be merged, checked and left unread: also what would read JSON, and hand on as an
   * answer what is none. The headers of every call bypass axios, which spends a third of its time on copying and normalizing them.
   */
  #sender(headers: Readonly<Record<string, string>>): Sender {
    const { adapter, maxAnswerBytes: maxContentLength = 10 * 1024 * 1024 } = this.#options;
    if (adapter !== undefined) {
      const rest = { maxRedirects: 0, proxy: false, validateStatus: null, responseType: 'text' } as const;
      return { http: new Axios({ adapter, headers, maxContentLength, ...rest }), withHeaders: (more) => ({ headers: { ...more } }) };
    }
    return {
      http: new Axios({ adapter: this.#pool.withHeaders(headers), maxContentLength }),
      withHeaders: (more) => ({ adapter: this.#pool.withHeaders({ ...headers, ...more }) }),
    };
  }

  /**
   * The JSON value that a GET answers; null for 404. Identical reads in flight with the same `asOf` are one call and share one value: do not change it.
   * Rejects with `UpstreamTimeoutError`, `UpstreamUnavailableError`, `UpstreamBusyError`, `RateLimitedError` or `UpstreamRejectedError`,
   * and as `RequestBytes.hold` and `admit` do.
   */
  async read(
    { operation, path, query, asOf, bytes = null, admit, anonymous = false }: ReadCall,
    caller: Span | null = null,
  ): Promise<unknown> {
    const request = { operation, method: 'GET', path: path + toSearch(query), body: undefined, anonymous, caller };
    const call = () => this.#call(request, (answer) => ReadAnswer.of(answer, bytes, admit === undefined));
    const answer = await (asOf === null ? call() : this.#shared.run(request.path, asOf, call));
    if (admit !== undefined) await admit();
    return answer === null ? null : answer.bodyFor(bytes);
  }

  /**
   * The JSON value that a changing call answers; null where it answers none, as many do with success. Rejects as `read` does, with `NotFoundError` for
   * 404, and with `OutcomeUnknownError` if the request may have been sent and its outcome is unknown.
   */
  async change({ operation, method, accepts, path, body, form, notFound }: ChangeCall, caller: Span | null = null): Promise<unknown> {
    const sent =
      form === undefined
        ? { body: body === undefined ? undefined : JSON.stringify(body) }
        : { body: new URLSearchParams(form).toString(), contentType: 'application/x-www-form-urlencoded' };
    const request = { operation, method, path, ...sent, anonymous: false, caller };
    return this.#call(request, (answer) => changeBody(answer, { method, accepts, notFound }));
  }

  /** The same calls as steps of a span. */
  tracedBy(caller: Span): UpstreamCalls {
    return { read: (call) => this.read(call, caller), change: (call) => this.change(call, caller) };
  }

  /** Closes the connections; calls in flight fail. */
  close(): void {
    this.#pool.close();
  }

  async #call<T>(request: Request, settle: (answer: UpstreamAnswer) => T): Promise<T> {
    const { operation, method, caller } = request;
    const started = performance.now();
    let status: number | null = null;
    let failure: unknown = null;
    try {
      const answer = await this.#authorized(request);
      status = answer.status;
      return settle(answer);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      const report = { operation, method, status, ...describeError(failure), durationMs: performance.now() - started };
      this.#options.onCall?.(caller === null ? report : { ...report, ...caller.logFields });
    }
  }

  #authorized(request: Request): Promise<UpstreamAnswer> {
    const { credentials = {} } = this.#options;
    if (request.anonymous) return this.#send(request, this.#anonymous);
    return isSource(credentials) ? this.#authorizedBy(credentials, request) : this.#send(request, this.#identified);
  }

  /** Retries once with other credentials if the upstream rejected ours: then it has done nothing. */
  async #authorizedBy(source: CredentialSource, request: Request): Promise<UpstreamAnswer> {
    const current = await source.current(request.caller);
    const answer = await this.#send(request, this.#anonymous, current);
    const others = answer.status === 401 ? await source.refreshAfterRejection(current, request.caller) : null;
    return others === null ? answer : this.#send(request, this.#anonymous, others);
  }

  #send(request: Request, sender: Sender, credentials?: CredentialHeaders): Promise<UpstreamAnswer> {
    const { tracing = NO_TRACING } = this.#options;
    const exchange = tracedExchange(
      tracing,
      () => this.#traced.of(request),
      request.caller,
      (callAbort, trace) => {
        const headers = trace === null ? credentials : { ...credentials, ...trace };
        return this.#exchange(request, sender, headers, callAbort);
      },
    );
    return request.method === 'GET' ? this.#guard.read(exchange) : this.#guard.change(exchange);
  }

  async #exchange(
    { method, path, body, contentType = JSON_TYPE }: Request,
    { http, withHeaders }: Sender,
    headers: CredentialHeaders | undefined,
    callAbort: CallAbort,
  ): Promise<UpstreamAnswer> {
    const { timeoutMs = 10_000, clock } = this.#options;
    // Not axios's own timeout, which starts again with every byte: an answer that trickles must end too.
    const timer = setTimeout(() => callAbort.abort('LATE'), timeoutMs);
    const config: AxiosRequestConfig<string> = { method, url: this.#origin + path, signal: callAbort };
    if (headers !== undefined) Object.assign(config, withHeaders(headers));
    if (body !== undefined) {
      config.headers = { ...headers, 'content-type': contentType };
      config.data = body;
    }
    try {
      const { data, status, headers: received } = await http.request<unknown>(config);
      return { status, retryAfterMs: retryAfterMs(received['retry-after'], clock()), text: typeof data === 'string' ? data : '' };
    } catch (error) {
      throw errorOfFailure(error, method !== 'GET', callAbort.aborted);
    } finally {
      clearTimeout(timer);
    }
  }
}

function toSearch(query: ReadCall['query']): string {
  let search = '';
  for (const name in query) search += `${search === '' ? '?' : '&'}${encodeURIComponent(name)}=${percentEncode(String(query[name]))}`;
  return search;
}

function changeBody(answer: UpstreamAnswer, { method, accepts, notFound }: Pick<ChangeCall, 'method' | 'accepts' | 'notFound'>): unknown {
  if (answer.status === 404) throw new NotFoundError(notFound);
  // It broke in the middle: what it was to create may be there. Other changes can simply be sent again.
  if (answer.status === 500 && method === 'POST') throw outcomeUnknown('HTTP 500');
  return confirmed(answer, accepts);
}
