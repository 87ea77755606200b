import type { ConversationEvent } from '../domain/event.js';
import type { UnknownRecord } from '../domain/read.js';
import { asRecord, asText, asTime } from '../domain/read.js';
import { limitDepth } from './limit-depth.js';
import { parseChatGatewayEvent } from './parse-chat-gateway-event.js';
import { parseV2Event } from './parse-v2-event.js';

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
  const base = {
    id: eventId,
    conversationId: conversationId(record),
    occurredAt: asTime(record['timestamp']) ?? receivedAt,
    receivedAt,
  };
  const body = base.conversationId === null ? null : (parseChatGatewayEvent(record) ?? parseV2Event(record));
  if (body !== null) return { ...base, ...body };
  return { ...base, type: 'UNRECOGNIZED', data: { eventType: asText(record['eventType']) ?? '', payload: limited } };
}

/** An id that cannot be a key in a log (empty, endless, with control characters) counts as none. */
function conversationId(record: UnknownRecord): string | null {
  const id = asText(record['conversationId']);
  return id !== null && USABLE_ID.test(id) ? id : null;
}
