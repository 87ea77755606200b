import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../domain/clock.js';
import { EventIdReusedError, HistoryUnavailableError } from '../events/port/errors.js';
import type { Span, Tracing } from '../observability/tracing.js';
import type { ConversationEvent } from '../domain/event.js';
import type { EventLog } from '../events/port/event-log.js';
import type { Appended } from '../events/port/stored-event.js';
import { toHttpResponse } from './http-response.js';
import { checkEnvelope } from './check-envelope.js';
import type { EnvelopeRules } from './check-envelope.js';
import type { ClockWatch } from './clock-watch.js';
import { logOutcome } from './log-outcome.js';
import type { RequestTrace, WebhookLogger } from './log-outcome.js';
import type { WebhookOutcome, WebhookResponse } from './outcome.js';
import { parseEvent } from './parse-event.js';
import { authenticateTraced, recordOutcome } from './trace-webhook.js';
import type { WebhookFormat } from './webhook-format.js';

export interface WebhookRequest {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes unchanged: the signature covers their checksum. */
  readonly rawBody: Uint8Array;
  /** What the log line says of the request; called once the outcome is known. */
  readonly trace?: () => RequestTrace;
  /** None if nothing is traced. */
  readonly span?: Span | null;
}

export interface WebhookOptions extends EnvelopeRules {
  readonly log: Pick<EventLog, 'publish'> & {
    /** `span`: of the request; null if nothing is traced. */
    append(event: ConversationEvent, span: Span | null): Promise<Appended>;
  };
  readonly format: WebhookFormat;
  readonly clock: Clock;
  readonly logger?: WebhookLogger;
  readonly tracing?: Tracing;
  /** Reports those that are rejected for their transmission time; without it each has a log line of its own. */
  readonly clockWatch?: Pick<ClockWatch, 'note' | 'covers'>;
  /** Called with the outcome of each request. */
  readonly onOutcome?: (outcome: WebhookOutcome) => void;
  /** Called with each event once it is durable, duplicates included, before the contact centre is answered. */
  readonly onAppended?: (appended: Appended) => void;
}

/** An endpoint verification is shorter: two fields and a version. */
const MAX_VERIFICATION_BYTES = 512;

/**
 * Receives one webhook request. Never rejects. The order of checks: a short endpoint verification (204, stored nowhere, unsigned), then headers, signature, age,
 * tenant and customer (401, always the same body), then JSON (400), then the log: nothing large is parsed before it is authenticated. 204 means stored, except for
 * typing, which is never stored; what cannot be authenticated or stored now is answered with 503, and the contact centre retries.
 */
export async function receiveWebhook(request: WebhookRequest, options: WebhookOptions): Promise<WebhookResponse> {
  const outcome = await process(request, options);
  const trace = request.trace?.();
  recordOutcome(request.span ?? null, outcome);
  if (options.logger !== undefined && options.clockWatch?.covers(outcome) !== true) logOutcome(options.logger, outcome, trace);
  options.onOutcome?.(outcome);
  return toHttpResponse(outcome);
}

async function process({ headers, rawBody, span = null }: WebhookRequest, options: WebhookOptions): Promise<WebhookOutcome> {
  if (rawBody.length === 0) return { kind: 'malformed', reason: 'body-empty' };
  if (rawBody.length <= MAX_VERIFICATION_BYTES && isVerification(parseJson(rawBody), options)) return { kind: 'endpoint-verified' };

  const authentication = await authenticateTraced(headers, rawBody, options, span);
  if (authentication.result === 'rejected') return { kind: 'refused', reason: authentication.reason, eventId: authentication.eventId };
  if (authentication.result === 'unavailable')
    return { kind: 'unavailable', reason: 'signing-keys', eventId: authentication.eventId, cause: authentication.cause };
  const { envelope } = authentication;
  const { eventId } = envelope;
  const now = options.clock();
  const mismatch = checkEnvelope(envelope, options, now);
  options.clockWatch?.note(now - envelope.transmissionTime, mismatch);
  if (mismatch !== null) return { kind: 'refused', reason: mismatch, eventId };
  const json = parseJson(rawBody);
  if (json === null) return { kind: 'malformed', reason: 'body-not-json' };
  return isVerification(json, options)
    ? { kind: 'endpoint-verified' }
    : storeEvent(json.value, { eventId, receivedAt: new Date(now), span }, options);
}

interface Arrival {
  readonly eventId: string;
  readonly receivedAt: Date;
  readonly span: Span | null;
}

async function storeEvent(payload: unknown, { eventId, receivedAt, span }: Arrival, options: WebhookOptions): Promise<WebhookOutcome> {
  const event = parseEvent(payload, { eventId, receivedAt }, options.format);
  try {
    if (event.type === 'TYPING_CHANGED') {
      options.log.publish(event);
      return { kind: 'published', event };
    }
    const appended = await options.log.append(event, span);
    notifyAppended(appended, options);
    return { kind: appended.duplicate ? 'duplicate' : 'stored', event };
  } catch (cause) {
    if (cause instanceof EventIdReusedError) return { kind: 'refused', reason: 'event-id-reused', eventId };
    return { kind: 'unavailable', reason: cause instanceof HistoryUnavailableError ? 'history' : 'event-log', eventId, cause };
  }
}

/** The event is stored, so that an error here must not make the contact centre retry. */
function notifyAppended(appended: Appended, { onAppended, logger }: WebhookOptions): void {
  try {
    onAppended?.(appended);
  } catch (error) {
    logger?.warn({ error, eventId: appended.event.id }, 'post-append hook failed');
  }
}

type Json = { readonly value: unknown } | null;

const isVerification = (json: Json, { format }: WebhookOptions): boolean => json !== null && format.isEndpointVerification(json.value);

const UTF_8 = new TextDecoder();

/** Null if it is not JSON. Invalid UTF-8 is read as U+FFFD, so that a damaged text is still delivered. */
function parseJson(rawBody: Uint8Array): Json {
  try {
    return { value: JSON.parse(UTF_8.decode(rawBody)) };
  } catch {
    return null;
  }
}
