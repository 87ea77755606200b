import type { ConversationEvent } from '../domain/event.js';
import type { UnknownRecord } from '../domain/parse-unknown.js';
import { asRecord, asText, asTime } from '../domain/parse-unknown.js';
import type { EventBody } from '../datasources/shared/webhook-events/parse-participant.js';
import { limitDepth } from './limit-depth.js';
import { parseChatGatewayEvent } from '../datasources/chat-gateway-v1/webhook-events/parse-event-body.js';
import { parseV2Event } from '../datasources/chat-api-v2/webhook-events/parse-event-body.js';

/** Under which id and when an event was taken. */
export interface Reception {
  readonly eventId: string;
  readonly receivedAt: Date;
}

const USABLE_ID = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/**
 * The event that a webhook's JSON tells, in either version. Never fails: what is not known today, or lacks what its type needs, becomes an `UNRECOGNIZED` event that
 * holds the payload as it came (`eventType` empty where it names none). `occurredAt` is the time of receipt where the payload tells no time that a `Date` can hold.
 */
export function parseEvent(payload: unknown, { eventId, receivedAt }: Reception): ConversationEvent {
  const limited = limitDepth(payload);
  const record = asRecord(limited) ?? {};
  const conversationId = conversationIdOf(record);
  const occurredAt = asTime(record['timestamp']) ?? receivedAt;
  const known = conversationId === null ? null : (parseChatGatewayEvent(record) ?? parseV2Event(record));
  const { type, data } = known ?? unrecognized(record, limited);
  // Written out, for speed; type and data are those of one body.
  return { id: eventId, conversationId, occurredAt, receivedAt, type, data } as ConversationEvent;
}

function unrecognized(record: UnknownRecord, payload: unknown): EventBody {
  return { type: 'UNRECOGNIZED', data: { eventType: asText(record['eventType']) ?? '', payload } };
}

/** An id that cannot be a key in a log (empty, endless, with control characters) counts as none. */
function conversationIdOf(record: UnknownRecord): string | null {
  const id = asText(record['conversationId']);
  return id !== null && USABLE_ID.test(id) ? id : null;
}
