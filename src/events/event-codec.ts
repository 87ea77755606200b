import type { ConversationEvent } from '../domain/event.js';

/** An event as a log stores it: JSON, with its dates as ISO 8601 texts. */
export function encodeEvent(event: ConversationEvent): string {
  return JSON.stringify(event);
}

/** The event that `encodeEvent` wrote, its dates being dates again. */
export function decodeEvent(json: string): ConversationEvent {
  // Trusted: only this log's own writing is read back.
  const event = JSON.parse(json) as ConversationEvent;
  const dated = { ...event, occurredAt: new Date(event.occurredAt), receivedAt: new Date(event.receivedAt) };
  if (dated.type !== 'MESSAGES_READ') return dated;
  return { ...dated, data: { ...dated.data, readAt: new Date(dated.data.readAt) } };
}
