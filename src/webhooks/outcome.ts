import type { ConversationEvent } from '../domain/event.js';
import type { EnvelopeMismatch } from './check-envelope.js';
import type { AuthenticationError } from './webhook-format.js';

/** Why a webhook was rejected: for logs, never for the sender. */
export type RejectionReason = AuthenticationError | EnvelopeMismatch | 'event-id-reused';

/** The result of a webhook request. */
export type WebhookOutcome =
  | { readonly kind: 'malformed'; readonly reason: 'body-empty' | 'body-not-json' }
  /** The contact centre verified that the endpoint is there. */
  | { readonly kind: 'endpoint-verified' }
  /** Rejected. `eventId`: as the sender claims it; null if the headers could not be read. */
  | { readonly kind: 'refused'; readonly reason: RejectionReason; readonly eventId: string | null }
  /** Rejected unread because of the in-flight limit; the contact centre retries. */
  | { readonly kind: 'overloaded' }
  /** Not acknowledged, so that the contact centre retries. */
  | {
      readonly kind: 'unavailable';
      readonly reason: 'signing-keys' | 'event-log' | 'history';
      readonly eventId: string;
      readonly cause: unknown;
    }
  /** `published`: delivered to subscribers, not stored. */
  | { readonly kind: 'stored' | 'duplicate' | 'published'; readonly event: ConversationEvent };

/** An HTTP response, and the outcome behind it. */
export interface WebhookResponse {
  readonly status: number;
  readonly body?: { readonly error: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly outcome: WebhookOutcome;
}
