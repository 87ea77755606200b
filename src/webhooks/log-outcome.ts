import type { TraceFields } from '../observability/tracing.js';
import type { WebhookOutcome } from './outcome.js';

/** The part of a logger that webhooks need. */
export interface WebhookLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a log line says of the request itself. */
export interface RequestTrace extends TraceFields {
  readonly requestId: string;
  /** Until the outcome was known. */
  readonly durationMs: number;
}

/** Logs one line for a webhook request, without message texts and without its signature. */
export function logOutcome(logger: WebhookLogger, outcome: WebhookOutcome, trace?: RequestTrace): void {
  switch (outcome.kind) {
    case 'malformed':
      logger.warn({ outcome: outcome.kind, reason: outcome.reason, ...trace }, 'webhook malformed');
      break;
    case 'refused':
      logger.warn({ outcome: outcome.kind, reason: outcome.reason, eventId: outcome.eventId, ...trace }, 'webhook rejected');
      break;
    case 'unavailable':
      logger.warn(
        { outcome: outcome.kind, reason: outcome.reason, eventId: outcome.eventId, cause: errorName(outcome.cause), ...trace },
        'webhook not accepted, retry requested',
      );
      break;
    case 'overloaded':
      logger.warn({ outcome: outcome.kind, ...trace }, 'webhook rejected: overloaded');
      break;
    case 'endpoint-verified':
      logger.info({ outcome: outcome.kind, ...trace }, 'webhook verification request answered');
      break;
    default: {
      const { id, type, conversationId } = outcome.event;
      // Written out, since most lines are of this kind, and a spread would cost more than all the rest.
      const { requestId, durationMs, trace_id, span_id } = trace ?? {};
      logger.info(
        { outcome: outcome.kind, eventId: id, type, conversationId, requestId, durationMs, trace_id, span_id },
        'webhook accepted',
      );
    }
  }
}

/** Not the message of an unexpected error: it might quote the event. */
const errorName = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause);
