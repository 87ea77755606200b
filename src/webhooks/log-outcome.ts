import type { WebhookOutcome } from './outcome.js';

/** As much of a logger as webhooks need. */
export interface WebhookLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What a line tells of the request itself. */
export interface RequestTrace {
  readonly requestId: string;
  /** Until its outcome was there. */
  readonly durationMs: number;
}

/** Writes one line for a webhook request, without anything of what was said, and without its signature. */
export function logOutcome(logger: WebhookLogger, outcome: WebhookOutcome, trace?: RequestTrace): void {
  switch (outcome.kind) {
    case 'malformed':
      logger.warn({ outcome: outcome.kind, reason: outcome.reason, ...trace }, 'webhook malformed');
      break;
    case 'refused':
      logger.warn({ outcome: outcome.kind, reason: outcome.reason, eventId: outcome.eventId, ...trace }, 'webhook refused');
      break;
    case 'unavailable':
      logger.warn(
        { outcome: outcome.kind, reason: outcome.reason, eventId: outcome.eventId, cause: describe(outcome.cause), ...trace },
        'webhook not taken, to be sent again',
      );
      break;
    case 'overloaded':
      logger.warn({ outcome: outcome.kind, ...trace }, 'webhook turned away, to be sent again');
      break;
    case 'address-checked':
      logger.info({ outcome: outcome.kind, ...trace }, 'webhook address checked');
      break;
    default: {
      const { id, type, conversationId } = outcome.event;
      // Written out: most lines are of this kind, and what is spread takes longer than the rest of it.
      const { requestId, durationMs } = trace ?? {};
      logger.info({ outcome: outcome.kind, eventId: id, type, conversationId, requestId, durationMs }, 'webhook taken');
    }
  }
}

/** The name alone of an error that we did not expect: its message might quote the event. */
const describe = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause);
