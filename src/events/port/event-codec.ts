import type { ConversationEvent, EventSource } from '../../domain/event.js';
import { EVENT_TABLE } from '../../domain/events/event-table.js';
import { isOwnEvent } from '../../domain/occurrence-times.js';
import { toIsoString } from '../../domain/iso-date.js';

/** An event as a log stores it: JSON, its dates as ISO 8601 strings. */
export function encodeEvent({ id, conversationId, occurredAt, receivedAt, source, type, data }: ConversationEvent): string {
  // Concatenated: JSON.stringify of the whole event, which calls toJSON of each date, takes more than twice as long.
  const base = `"id":${JSON.stringify(id)},"conversationId":${JSON.stringify(conversationId)}`;
  const sourceField = source === 'WEBHOOK' ? '' : `"source":"${source}",`;
  return `{${base},"occurredAt":"${toIsoString(occurredAt)}","receivedAt":"${toIsoString(receivedAt)}",${sourceField}"type":"${type}","data":${JSON.stringify(data)}}`;
}

/**
 * The event that `encodeEvent` wrote, its dates revived. A type that this version does not know (another gateway on the same log is newer) is read as
 * `UNRECOGNIZED`.
 */
export function decodeEvent(json: string): ConversationEvent {
  // Trusted: a log reads back only what a gateway wrote.
  const stored = JSON.parse(json) as Omit<ConversationEvent, 'source'> & { readonly source?: EventSource };
  const { id, conversationId, type, data } = stored;
  const isKnown = Object.hasOwn(EVENT_TABLE, type);
  const revive = isKnown ? EVENT_TABLE[type].revive : null;
  return {
    id,
    conversationId,
    occurredAt: new Date(stored.occurredAt),
    receivedAt: new Date(stored.receivedAt),
    source: stored.source ?? sourceOf(stored),
    type: isKnown ? type : 'UNRECOGNIZED',
    data: isKnown ? (revive?.(data as never) ?? data) : { eventType: type, payload: data },
  } as ConversationEvent;
}

/** The source of an event that was stored without one: by a webhook, or by a release that did not store sources. */
const sourceOf = (event: Pick<ConversationEvent, 'id' | 'type'>): EventSource =>
  isOwnEvent(event) || event.type === 'INTERACTION_ENDED' ? 'GATEWAY' : 'WEBHOOK';
