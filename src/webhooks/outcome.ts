import type { ConversationEvent } from '../domain/event.js';
import type { EnvelopeMismatch } from './check-envelope.js';
import type { AuthenticationError } from './webhook-format.js';

/** Why a webhook was refused: for our log and metrics, never for the sender. */
export type RefusalReason = AuthenticationError | EnvelopeMismatch | 'event-id-reused';

/** What became of a webhook request. */
export type WebhookOutcome =
  | { readonly kind: 'malformed'; readonly reason: 'body-empty' | 'body-not-json' }
  /** The contact centre asked whether anybody is there. */
  | { readonly kind: 'address-checked' }
  /** `eventId`: as the sender claims it; null where it told none. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly eventId: string | null }
  /** Too much was in hand: not looked at, so that the contact centre sends it again. */
  | { readonly kind: 'overloaded' }
  /** Not acknowledged, so that the contact centre sends it again. */
  | { readonly kind: 'unavailable'; readonly reason: 'signing-keys' | 'event-log'; readonly eventId: string; readonly cause: unknown }
  /** `published`: handed to those who listen, not stored. */
  | { readonly kind: 'stored' | 'duplicate' | 'published'; readonly event: ConversationEvent };

/** An answer in terms of HTTP, and what lies behind it. */
export interface WebhookAnswer {
  readonly status: number;
  readonly body?: { readonly error: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly outcome: WebhookOutcome;
}
