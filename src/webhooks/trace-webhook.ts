import type { IncomingHttpHeaders } from 'node:http';
import type { Span, Tracing } from '../observability/tracing.js';
import type { WebhookOutcome } from './outcome.js';
import type { Authentication, WebhookFormat } from './webhook-format.js';

/** Authenticates a request, with a span if it is traced. `request`: the request's span. */
export function authenticateTraced(
  headers: IncomingHttpHeaders,
  rawBody: Uint8Array,
  { format, tracing }: { readonly format: WebhookFormat; readonly tracing?: Tracing },
  request: Span | null,
): Promise<Authentication> {
  if (tracing?.enabled !== true) return format.authenticate(headers, rawBody);
  const span = tracing.start(request, 'internal', 'verify webhook', {});
  return format
    .authenticate(headers, rawBody, span)
    .then((authentication) => {
      if (authentication.result === 'rejected') span.set({ 'error.type': authentication.reason });
      if (authentication.result === 'unavailable') span.fail('signing-keys');
      return authentication;
    })
    .finally(() => span.end());
}

/** Notes on the span of a request what became of it. */
export function recordOutcome(span: Span | null, outcome: WebhookOutcome): void {
  if (span === null) return;
  span.set({ 'chat.webhook.outcome': outcome.kind, 'chat.webhook.reason': 'reason' in outcome ? outcome.reason : undefined });
}
