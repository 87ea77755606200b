import type { ConversationEvent } from '../domain/event.js';
import { limitDepth } from '../domain/limit-depth.js';
import type { EventBody, WebhookFormat } from './webhook-format.js';

/** The id of a received event, and when it was received. */
export interface Reception {
  readonly eventId: string;
  readonly receivedAt: Date;
}

const USABLE_ID = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/**
 * Turns a webhook's JSON into an event. Never throws: what the format does not know, or what has no usable conversation id, becomes an `UNRECOGNIZED` event with the
 * payload unchanged (`eventType` empty if it has none). `occurredAt` is the time of receipt if the payload has no time.
 */
export function parseEvent(payload: unknown, { eventId, receivedAt }: Reception, format: Pick<WebhookFormat, 'parse'>): ConversationEvent {
  const limited = limitDepth(payload);
  const parsed = format.parse(limited);
  const conversationId = usableId(parsed.conversationId);
  const unrecognized: EventBody = { type: 'UNRECOGNIZED', data: { eventType: parsed.eventType, payload: limited } };
  const { type, data } = (conversationId === null ? null : parsed.body) ?? unrecognized;
  // Written out, for speed; type and data are those of one body.
  return {
    id: eventId,
    conversationId,
    occurredAt: parsed.occurredAt ?? receivedAt,
    receivedAt,
    source: 'WEBHOOK',
    type,
    data,
  } as ConversationEvent;
}

/** Null for an id that cannot be a key in a log: empty, too long, with control characters. */
const usableId = (id: string | null): string | null => (id !== null && USABLE_ID.test(id) ? id : null);
