import type { Span, SpanAttributes, Tracing } from '../../observability/tracing.js';
import { describeError } from './describe-error.js';
import type { Exchange } from './resilience-policy.js';
import type { CallAbort } from './lightweight-abort-signal.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** A call as its span names it. Not by its path, which holds ids, nor its query, which may hold what customers entered. */
export interface TracedCall {
  readonly method: string;
  readonly name: string;
  readonly attributes: SpanAttributes;
}

/** The calls to one upstream; what their spans say is made once for each operation. */
export class TracedCalls {
  readonly #server: SpanAttributes;
  readonly #known = new Map<string, TracedCall>();

  constructor(baseUrl: string) {
    this.#server = serverAttributes(baseUrl);
  }

  of({ operation, method }: { readonly operation: string; readonly method: string }): TracedCall {
    const known = this.#known.get(operation);
    if (known?.method === method) return known;
    const attributes = { 'http.request.method': method, ...this.#server, 'chat.upstream.operation': operation };
    const call = { method, name: `${method} ${operation}`, attributes };
    this.#known.set(operation, call);
    return call;
  }
}

/** Where calls go, without what else the address holds. */
function serverAttributes(baseUrl: string): SpanAttributes {
  const { hostname, port, protocol } = new URL(baseUrl);
  return { 'server.address': hostname, 'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

/** One exchange with the upstream, which sends these headers as well. */
export type ExchangeWithHeaders = (callAbort: CallAbort, headers: Readonly<Record<string, string>> | null) => Promise<UpstreamAnswer>;

/** Starts a span for each attempt of a call, a step of its caller's, and sends it on. An attempt that the circuit breaker makes to probe is a trace of its own. */
export function tracedExchange(tracing: Tracing, toCall: () => TracedCall, caller: Span | null, exchange: ExchangeWithHeaders): Exchange {
  if (!tracing.enabled) return (callAbort) => exchange(callAbort, null);
  const call = toCall();
  let attempts = 0;
  return async (callAbort, isProbe) => {
    const span = startCallSpan(tracing, call, isProbe ? null : caller, attempts);
    attempts += 1;
    try {
      const answer = await exchange(callAbort, span.headers);
      recordStatus(span, call.method, answer.status);
      return answer;
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  };
}

/** The first attempt of a call that is sent once. It is not what is logged of the call: that belongs to its caller. */
export async function withCallSpan<T>(
  tracing: Tracing,
  call: TracedCall,
  caller: Span | null,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = startCallSpan(tracing, call, caller, 0);
  try {
    return await work(span);
  } catch (error) {
    recordFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function startCallSpan(tracing: Tracing, { name, attributes }: TracedCall, caller: Span | null, resends: number): Span {
  return tracing.start(caller, 'client', name, resends === 0 ? attributes : { ...attributes, 'http.request.resend_count': resends });
}

function recordFailure(span: Span, error: unknown): void {
  span.fail(describeError(error).fault ?? 'INTERNAL_SERVER_ERROR');
}

const byStatus = new Map<number, SpanAttributes>();

function statusAttributes(status: number): SpanAttributes {
  let attributes = byStatus.get(status);
  if (attributes === undefined) {
    attributes = { 'http.response.status_code': status };
    byStatus.set(status, attributes);
  }
  return attributes;
}

/** A read's 404 is an answer: there is none. */
export function recordStatus(span: Span, method: string, status: number): void {
  span.set(statusAttributes(status));
  if (status >= 400 && !(status === 404 && method === 'GET')) span.fail(String(status));
}
