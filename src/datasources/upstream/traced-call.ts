import type { Span, SpanAttributes, Tracing } from '../../observability/tracing.js';
import { describeError } from './describe-error.js';
import type { Exchange } from './resilience-policy.js';
import type { CallAbort } from './lightweight-abort-signal.js';
import type { UpstreamAnswer } from './upstream-errors.js';

/** A call as a span names it. Not its path, which holds ids, nor its query, which may hold what customers entered. */
export interface TracedCall {
  readonly operation: string;
  readonly method: string;
  /** By `serverAttributes`. */
  readonly server: SpanAttributes;
}

/** Where calls go, without what else the address holds. */
export function serverAttributes(baseUrl: string): SpanAttributes {
  const { hostname, port, protocol } = new URL(baseUrl);
  return { 'server.address': hostname, 'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

/** One exchange with the upstream, which sends these headers as well. */
export type ExchangeWithHeaders = (callAbort: CallAbort, headers: Readonly<Record<string, string>> | null) => Promise<UpstreamAnswer>;

/** Starts a span for each attempt of a call, a step of its caller's, and sends it on. An attempt that the circuit breaker makes to probe is a trace of its own. */
export function tracedExchange(tracing: Tracing, call: TracedCall, caller: Span | null, exchange: ExchangeWithHeaders): Exchange {
  if (!tracing.enabled) return (callAbort) => exchange(callAbort, null);
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

function startCallSpan(tracing: Tracing, { operation, method, server }: TracedCall, caller: Span | null, resends: number): Span {
  return tracing.start(caller, 'client', `${method} ${operation}`, {
    'http.request.method': method,
    'http.request.resend_count': resends === 0 ? undefined : resends,
    ...server,
    'chat.upstream.operation': operation,
  });
}

function recordFailure(span: Span, error: unknown): void {
  span.fail(describeError(error).fault ?? 'INTERNAL_SERVER_ERROR');
}

/** A read's 404 is an answer: there is none. */
export function recordStatus(span: Span, method: string, status: number): void {
  span.set({ 'http.response.status_code': status });
  if (status >= 400 && !(status === 404 && method === 'GET')) span.fail(String(status));
}
