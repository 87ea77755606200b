import type { IncomingHttpHeaders } from 'node:http';
import type { Span } from '../observability/tracing.js';
import type { EventType } from '../domain/event.js';
import type { EventData } from '../domain/events/event-table.js';

/** What an event says, without its envelope. */
export type EventBody = { [K in EventType]: { readonly type: K; readonly data: EventData[K] } }[EventType];

/** What a request says of itself beside its body. To be trusted only once it is authenticated. */
export interface Envelope {
  readonly tenantId: string;
  readonly customerId: string;
  /** Unique per event, the same on each retry. 1 to 255 printable characters. */
  readonly eventId: string;
  /** When this attempt was sent, in epoch milliseconds. */
  readonly transmissionTime: number;
}

/** Why a request could not be authenticated: for logs, never for the sender. */
export type AuthenticationError =
  'header-missing' | 'header-malformed' | 'signature-malformed' | 'signature-not-supported' | 'key-unknown' | 'signature-wrong';

export type Authentication =
  | { readonly result: 'authenticated'; readonly envelope: Envelope }
  /** `eventId`: as the sender claims it; null if the headers could not be read. */
  | { readonly result: 'rejected'; readonly reason: AuthenticationError; readonly eventId: string | null }
  /** The signing key is not available now: the sender should retry. */
  | { readonly result: 'unavailable'; readonly eventId: string; readonly cause: unknown };

/** A payload as its format reads it. */
export interface ParsedPayload {
  /** Null if the payload names none. */
  readonly conversationId: string | null;
  /** Null if the payload has no time that a `Date` can hold. */
  readonly occurredAt: Date | null;
  /** The vendor's name of the event type; empty if the payload has none. */
  readonly eventType: string;
  /** Null for an unknown type, and if a required field is missing or malformed. */
  readonly body: EventBody | null;
}

/** How a vendor's webhooks are authenticated and parsed; each generation of the upstream API implements it. */
export interface WebhookFormat {
  /** Whether a payload only asks if the endpoint is there. It is acknowledged without authentication while it is short, and never stored. */
  isEndpointVerification(payload: unknown): boolean;
  /** Authenticates headers and raw body; does not parse the body. `span`: what its calls are steps of; null if nothing is traced. Never rejects. */
  authenticate(headers: IncomingHttpHeaders, rawBody: Uint8Array, span?: Span | null): Promise<Authentication>;
  /** Reads a payload. Never throws. */
  parse(payload: unknown): ParsedPayload;
  /** Releases its resources, such as worker threads. */
  close(): Promise<void>;
}
