import type { ConversationEvent } from '../../domain/event.js';
import { toIsoString } from '../../domain/iso-date.js';

/** An event as a log stores it: JSON, with its dates as ISO 8601 texts. */
export function encodeEvent({ id, conversationId, occurredAt, receivedAt, type, data }: ConversationEvent): string {
  // By hand: to stringify it as a whole, which asks each date for its text, takes more than twice as long.
  const base = `"id":${JSON.stringify(id)},"conversationId":${JSON.stringify(conversationId)}`;
  return `{${base},"occurredAt":"${toIsoString(occurredAt)}","receivedAt":"${toIsoString(receivedAt)}","type":"${type}","data":${JSON.stringify(data)}}`;
}

/** The event that `encodeEvent` wrote, its dates being dates again. */
export function decodeEvent(json: string): ConversationEvent {
  // Trusted: only this log's own writing is read back.
  const stored = JSON.parse(json) as ConversationEvent;
  // Written out: properties added to a copy cost more than the copy.
  const event = {
    id: stored.id,
    conversationId: stored.conversationId,
    occurredAt: new Date(stored.occurredAt),
    receivedAt: new Date(stored.receivedAt),
    type: stored.type,
    data: stored.data,
  } as ConversationEvent;
  return event.type === 'MESSAGES_READ' ? { ...event, data: { ...event.data, readAt: new Date(event.data.readAt) } } : event;
}
