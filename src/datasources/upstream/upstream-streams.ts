import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../../domain/clock.js';
import { GatewayError, NotFoundError } from '../../domain/errors.js';
import { asNumber } from '../../domain/parse-unknown.js';
import { NO_TRACING } from '../../observability/tracing.js';
import type { Span, Tracing } from '../../observability/tracing.js';
import type { AttachmentContent } from '../chat-api.js';
import { describeError } from './describe-error.js';
import { retryAfterMs } from './retry-after.js';
import type { UpstreamCallReport } from './upstream-call.js';
import { TracedCalls, recordStatus, withCallSpan } from './traced-call.js';
import { confirmed, errorOfAnswer, errorOfFailure, unreadable } from './upstream-errors.js';
import type { UpstreamAnswer } from './upstream-errors.js';
import type { CallGuard } from './call-guard.js';

/** How much is read of an answer that is not a file. */
const MAX_TEXT_BYTES = 65_536;

export interface UpstreamStreamsOptions {
  /** Scheme, host and port, and a path that all paths are put after, if any. */
  readonly baseUrl: string;
  /** Sent with every call. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long a connection may be silent, in milliseconds. Default 60,000. There is no limit on a whole call: files are large and lines are slow. */
  readonly idleTimeoutMs?: number;
  readonly clock: Clock;
  readonly onCall?: (report: UpstreamCallReport) => void;
  readonly tracing?: Tracing;
  /** Checked before each call. Files do not count as its calls, since they may last long. */
  readonly guard?: Pick<CallGuard, 'admit'>;
}

export interface DownloadCall {
  readonly operation: string;
  readonly path: string;
}

export interface UploadCall {
  readonly operation: string;
  /** The status with which the contract confirms it. Any other success is somebody else's answer, and leaves open what became of the call. */
  readonly accepts: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** The error message for clients if the upstream answers 404. */
  readonly notFound: string;
}

/** Calls whose bodies are streamed. */
export interface StreamedCalls {
  download(call: DownloadCall): Promise<AttachmentContent | null>;
  upload(call: UploadCall): Promise<unknown>;
}

/**
 * Calls whose bodies are streamed; `UpstreamClient` makes those with JSON. Uses Node's own HTTP client, since axios would keep copies of the chunks. Each call has a
 * connection of its own, so that none fails because the upstream has closed a kept one.
 */
export class UpstreamStreams implements StreamedCalls {
  readonly #options: UpstreamStreamsOptions;
  readonly #traced: TracedCalls;
  readonly #agents = { 'http:': new HttpAgent({ keepAlive: false }), 'https:': new HttpsAgent({ keepAlive: false }) };

  constructor(options: UpstreamStreamsOptions) {
    this.#options = options;
    this.#traced = new TracedCalls(options.baseUrl);
  }

  /** The body of a GET, once its answer has begun; null for 404. Rejects as `UpstreamClient.read` does, and so does the body if the upstream aborts it. */
  download({ operation, path }: DownloadCall, caller: Span | null = null): Promise<AttachmentContent | null> {
    return this.#reported({ operation, method: 'GET' }, caller, async (onStatus, trace) => {
      // A proxy that compresses would change the length.
      const { request, timedOut } = this.#begin('GET', path, { 'accept-encoding': 'identity', ...trace });
      request.end();
      try {
        const response = await answerTo(request);
        onStatus(response.statusCode ?? 0);
        if (response.statusCode === 200)
          return {
            sizeBytes: asNumber(response.headers['content-length']),
            bytes: openBody(response, timedOut),
          };
        const answer = await this.#readText(response);
        if (answer.status === 404) return null;
        throw errorOfAnswer(answer, false) ?? unreadable('no file');
      } catch (error) {
        throw error instanceof GatewayError ? error : errorOfFailure(error, false, timedOut());
      }
    });
  }

  /** The JSON value that a POST answers. Rejects as `UpstreamClient.change` does, and with the error of `body`, which aborts the call. */
  upload({ operation, accepts, path, headers, body, notFound }: UploadCall, caller: Span | null = null): Promise<unknown> {
    return this.#reported({ operation, method: 'POST' }, caller, async (onStatus, trace) => {
      const { request, timedOut } = this.#begin('POST', path, { ...headers, ...trace });
      const source = new WatchedSource(body);
      // Not awaited: the source may hang although the answer has arrived. The request sees its errors too, except for a source that fails before the request has a socket.
      const sourceFailed = pipeline(source.chunks(), request).then(never, (error: unknown) => {
        if (source.failure === null) return never();
        throw error;
      });
      try {
        const answer = await this.#readText(await Promise.race([answerTo(request), sourceFailed]));
        onStatus(answer.status);
        if (answer.status === 404) throw new NotFoundError(notFound);
        return confirmed(answer, accepts);
      } catch (error) {
        if (source.failure !== null) throw source.failure;
        // A request that was not sent as a whole has changed nothing.
        throw error instanceof GatewayError ? error : errorOfFailure(error, request.writableFinished, timedOut());
      } finally {
        request.destroy();
      }
    });
  }

  /** The same calls as steps of a span. */
  tracedBy(caller: Span): StreamedCalls {
    return { download: (call) => this.download(call, caller), upload: (call) => this.upload(call, caller) };
  }

  /** Aborts what is in flight. */
  close(): void {
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }

  #begin(
    method: string,
    path: string,
    headers: Readonly<Record<string, string | number>>,
  ): { request: ClientRequest; timedOut: () => boolean } {
    const { baseUrl, headers: common, idleTimeoutMs = 60_000 } = this.#options;
    const url = new URL(baseUrl.replace(/\/+$/, '') + path);
    // Not `request.setTimeout`, which does not count the time of connecting.
    const options = { method, headers: { ...common, ...headers }, timeout: idleTimeoutMs };
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: this.#agents['https:'] })
        : httpRequest(url, { ...options, agent: this.#agents['http:'] });
    let timedOut = false;
    request.on('timeout', () => {
      timedOut = true;
      request.destroy(new Error('idle'));
    });
    // Who awaits the answer gets the error; a later error would be uncaught without a listener.
    request.on('error', () => undefined);
    return { request, timedOut: () => timedOut };
  }

  async #readText(response: IncomingMessage): Promise<UpstreamAnswer> {
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += chunk as string;
      if (text.length > MAX_TEXT_BYTES) break;
    }
    return { status: response.statusCode ?? 0, retryAfterMs: retryAfterMs(response.headers['retry-after'], this.#options.clock()), text };
  }

  async #reported<T>(
    call: Pick<UpstreamCallReport, 'operation' | 'method'>,
    caller: Span | null,
    run: (onStatus: (status: number) => void, trace: Readonly<Record<string, string>>) => Promise<T>,
  ): Promise<T> {
    const { tracing = NO_TRACING } = this.#options;
    const started = performance.now();
    let status: number | null = null;
    let failure: unknown = null;
    try {
      this.#options.guard?.admit();
      return await withCallSpan(tracing, this.#traced.of(call), caller, (span) =>
        run((found) => {
          status = found;
          recordStatus(span, call.method, found);
        }, span.headers),
      );
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      const report = { ...call, status, ...describeError(failure), durationMs: performance.now() - started };
      this.#options.onCall?.({ ...report, ...caller?.logFields });
    }
  }
}

/** A streamed body. Errors on the way are mapped as any other; destroying it ends the call. */
function openBody(response: IncomingMessage, timedOut: () => boolean): Readable {
  const body = new Readable({
    read: () => void response.resume(),
    destroy: (error, done) => {
      response.destroy();
      done(error);
    },
  });
  response.on('data', (piece: Buffer) => {
    if (!body.push(piece)) response.pause();
  });
  response.once('end', () => body.push(null)).on('error', (error) => body.destroy(errorOfFailure(error, false, timedOut())));
  // It may fail before anybody reads it.
  return body.on('error', () => undefined);
}

async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

const never = (): Promise<never> => new Promise(() => undefined);

/** A source that remembers its error: the request alone only shows that the connection broke. */
class WatchedSource {
  /** Null while it has not failed. */
  failure: Error | null = null;

  constructor(private readonly source: AsyncIterable<Uint8Array>) {}

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.source;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error('the source failed', { cause: error });
      throw error;
    }
  }
}
