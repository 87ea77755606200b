import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../domain/clock.js';
import { EventIdReusedError } from '../events/port/errors.js';
import type { Appended, EventLog } from '../events/port/event-log.js';
import { answer } from './http-response.js';
import { checkEnvelope } from './check-envelope.js';
import type { EnvelopeRules } from './check-envelope.js';
import type { ClockWatch } from './clock-watch.js';
import { logOutcome } from './log-outcome.js';
import type { RequestTrace, WebhookLogger } from './log-outcome.js';
import type { WebhookAnswer, WebhookOutcome } from './outcome.js';
import { parseEvent } from './parse-event.js';
import type { WebhookFormat } from './webhook-format.js';

export interface WebhookRequest {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body's bytes as they came: they are what the signature's checksum counts. */
  readonly rawBody: Uint8Array;
  /** What the line about it tells of the request, asked when the outcome is there. */
  readonly trace?: () => RequestTrace;
}

export interface WebhookDeps extends EnvelopeRules {
  readonly log: Pick<EventLog, 'append' | 'publish'>;
  readonly format: WebhookFormat;
  readonly clock: Clock;
  readonly logger?: WebhookLogger;
  /** Reports those that are refused for their time. Without it each has a line of its own. */
  readonly clockWatch?: Pick<ClockWatch, 'note' | 'covers'>;
  /** Told what became of each request. */
  readonly onOutcome?: (outcome: WebhookOutcome) => void;
  /** Told of each event that the log holds once it is durable, also of one that came again, before the contact centre is answered. */
  readonly onAppended?: (appended: Appended) => void;
}

/** An address check is shorter: two fields and a version. */
const MAX_ADDRESS_CHECK_BYTES = 512;

/**
 * Takes one webhook request. Never rejects. In this order: the contact centre's address check, known by its few bytes (204, stores nothing and needs no signature), then headers,
 * signature, age, tenant and customer (401, always the same body), then JSON (400), then the log: nothing large is parsed for strangers. Nothing is answered with 204 before
 * it is stored, except typing, which is not stored; what could not be verified or stored just now is answered with 503 and comes again.
 */
export async function receiveWebhook(request: WebhookRequest, deps: WebhookDeps): Promise<WebhookAnswer> {
  const outcome = await process(request, deps);
  const trace = request.trace?.();
  if (deps.logger !== undefined && deps.clockWatch?.covers(outcome) !== true) logOutcome(deps.logger, outcome, trace);
  deps.onOutcome?.(outcome);
  return answer(outcome);
}

async function process({ headers, rawBody }: WebhookRequest, deps: WebhookDeps): Promise<WebhookOutcome> {
  if (rawBody.length === 0) return { kind: 'malformed', reason: 'body-empty' };
  if (rawBody.length <= MAX_ADDRESS_CHECK_BYTES && isVerification(parseJson(rawBody), deps)) return { kind: 'address-checked' };

  const authentication = await deps.format.authenticate(headers, rawBody);
  if (authentication.result === 'rejected') return { kind: 'refused', reason: authentication.reason, eventId: authentication.eventId };
  if (authentication.result === 'unavailable')
    return { kind: 'unavailable', reason: 'signing-keys', eventId: authentication.eventId, cause: authentication.cause };
  const { envelope } = authentication;
  const { eventId } = envelope;
  const now = deps.clock();
  const mismatch = checkEnvelope(envelope, deps, now);
  deps.clockWatch?.note(now - envelope.transmissionTime, mismatch);
  if (mismatch !== null) return { kind: 'refused', reason: mismatch, eventId };
  const json = parseJson(rawBody);
  if (json === null) return { kind: 'malformed', reason: 'body-not-json' };
  return isVerification(json, deps) ? { kind: 'address-checked' } : storeEvent(json.value, eventId, new Date(now), deps);
}

async function storeEvent(payload: unknown, eventId: string, receivedAt: Date, deps: WebhookDeps): Promise<WebhookOutcome> {
  const event = parseEvent(payload, { eventId, receivedAt }, deps.format);
  try {
    if (event.type === 'TYPING_CHANGED') {
      deps.log.publish(event);
      return { kind: 'published', event };
    }
    const appended = await deps.log.append(event);
    notifyAppended(appended, deps);
    return { kind: appended.duplicate ? 'duplicate' : 'stored', event };
  } catch (cause) {
    if (cause instanceof EventIdReusedError) return { kind: 'refused', reason: 'event-id-reused', eventId };
    return { kind: 'unavailable', reason: 'event-log', eventId, cause };
  }
}

/** The event is stored: a fault of those who are told cannot make the contact centre send it again. */
function notifyAppended(appended: Appended, { onAppended, logger }: WebhookDeps): void {
  try {
    onAppended?.(appended);
  } catch (error) {
    logger?.warn({ error, eventId: appended.event.id }, 'work after a stored webhook failed');
  }
}

type Json = { readonly value: unknown } | null;

const isVerification = (json: Json, { format }: WebhookDeps): boolean => json !== null && format.isEndpointVerification(json.value);

const UTF_8 = new TextDecoder();

/** Bytes that are no UTF-8 read as U+FFFD: a text that was damaged on its way is still a text. Null for what is no JSON. */
function parseJson(rawBody: Uint8Array): Json {
  try {
    return { value: JSON.parse(UTF_8.decode(rawBody)) };
  } catch {
    return null;
  }
}
