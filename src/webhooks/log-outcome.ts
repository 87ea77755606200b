import type { WebhookOutcome } from './outcome.js';

/** As much of a logger as webhooks need. */
export interface WebhookLogger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Writes one line for a webhook request, without anything of what was said, and without its signature. */
export function logOutcome(logger: WebhookLogger, outcome: WebhookOutcome): void {
  switch (outcome.kind) {
    case 'malformed':
      logger.warn({ outcome: outcome.kind, reason: outcome.reason }, 'webhook malformed');
      break;
    case 'refused':
      logger.warn({ outcome: outcome.kind, reason: outcome.reason, eventId: outcome.eventId }, 'webhook refused');
      break;
    case 'unavailable':
      logger.warn(
        { outcome: outcome.kind, reason: outcome.reason, eventId: outcome.eventId, cause: describe(outcome.cause) },
        'webhook not taken, to be sent again',
      );
      break;
    case 'overloaded':
      logger.warn({ outcome: outcome.kind }, 'webhook turned away, to be sent again');
      break;
    case 'address-checked':
      logger.info({ outcome: outcome.kind }, 'webhook address checked');
      break;
    default: {
      const { id, type, conversationId } = outcome.event;
      logger.info({ outcome: outcome.kind, eventId: id, type, conversationId }, 'webhook taken');
    }
  }
}

/** The name alone of an error that we did not expect: its message might quote the event. */
const describe = (cause: unknown): string => (cause instanceof Error ? cause.name : typeof cause);
