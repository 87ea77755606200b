import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Span, Tracing } from '../../observability/tracing.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null where nothing is traced. */
    span: Span | null;
  }
}

export interface RequestTracingOptions {
  readonly tracing: Tracing;
  /** Not traced: they are asked every few seconds. */
  readonly untraced: ReadonlySet<string>;
  /** The id of the event that a request to this route says it brings; null for any other request. */
  readonly eventIdOf: (route: string | undefined, headers: IncomingHttpHeaders) => string | null;
}

/**
 * A span for each HTTP request. To be set up before any other hook. A path is recorded as its route has it, since that of an attachment holds
 * a ticket.
 */
export function traceRequests(app: FastifyInstance, options: RequestTracingOptions): void {
  const { tracing } = options;
  app.decorateRequest('span', null);
  if (!tracing.enabled) return;
  app.addHook('onRequest', (request, reply, done) => {
    request.span = startSpan(request, options);
    // Not 'onResponse', which an aborted request has none of.
    reply.raw.once('close', () => {
      if (reply.raw.headersSent) endRequestSpan(request, reply);
      else abandon(request.span);
    });
    done();
  });
}

function startSpan(request: FastifyRequest, { tracing, untraced, eventIdOf }: RequestTracingOptions): Span | null {
  const { method, headers, protocol } = request;
  const { url: route } = request.routeOptions;
  if (route !== undefined && untraced.has(route)) return null;
  const name = route === undefined ? method : `${method} ${route}`;
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.path': route, 'url.scheme': protocol };
  const eventId = eventIdOf(route, headers);
  return eventId === null ? tracing.startRequest(name, headers, attributes) : tracing.startWebhook(name, eventId, headers, attributes);
}

/** The client left before it was answered. */
function abandon(span: Span | null): void {
  span?.set({ 'error.type': 'aborted' });
  span?.end();
}

/** Ends a request's span: when its response is complete, or begins where that lasts as long as a subscription. */
export function endRequestSpan({ span }: FastifyRequest, { statusCode }: FastifyReply): void {
  if (span === null) return;
  span.set({ 'http.response.status_code': statusCode });
  if (statusCode >= 500) span.fail(String(statusCode));
  span.end();
}
