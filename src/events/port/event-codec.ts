import type { ConversationEvent } from '../../domain/event.js';
import { EVENT_TABLE } from '../../domain/events/event-table.js';
import { toIsoString } from '../../domain/iso-date.js';

/** An event as a log stores it: JSON, its dates as ISO 8601 strings. */
export function encodeEvent({ id, conversationId, occurredAt, receivedAt, type, data }: ConversationEvent): string {
  // Concatenated: JSON.stringify of the whole event, which calls toJSON of each date, takes more than twice as long.
  const base = `"id":${JSON.stringify(id)},"conversationId":${JSON.stringify(conversationId)}`;
  return `{${base},"occurredAt":"${toIsoString(occurredAt)}","receivedAt":"${toIsoString(receivedAt)}","type":"${type}","data":${JSON.stringify(data)}}`;
}

/**
 * The event that `encodeEvent` wrote, its dates revived. A type that this version does not know (another gateway on the same log is newer) is read as
 * `UNRECOGNIZED`.
 */
export function decodeEvent(json: string): ConversationEvent {
  // Trusted: a log reads back only what a gateway wrote.
  const stored = JSON.parse(json) as ConversationEvent;
  const { id, conversationId, type, data } = stored;
  const isKnown = Object.hasOwn(EVENT_TABLE, type);
  const revive = isKnown ? EVENT_TABLE[type].revive : null;
  return {
    id,
    conversationId,
    occurredAt: new Date(stored.occurredAt),
    receivedAt: new Date(stored.receivedAt),
    type: isKnown ? type : 'UNRECOGNIZED',
    data: isKnown ? (revive?.(data as never) ?? data) : { eventType: type, payload: data },
  } as ConversationEvent;
}
