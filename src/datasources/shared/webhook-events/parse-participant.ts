import type { EventData, EventType } from '../../../domain/event.js';
import { asId, asRecord } from '../../../domain/parse-unknown.js';
import { participant as anyParticipant } from '../message-content.js';
import type { ParticipantRecord } from '../../../domain/conversation.js';

/** What an event says, without its envelope. */
export type EventBody = { [K in EventType]: { readonly type: K; readonly data: EventData[K] } }[EventType];

/** `{id, type}` as the contact centre names those who take part; null where it does not fit. */
export function participant(raw: unknown): ParticipantRecord | null {
  const record = asRecord(raw);
  return asId(record?.['id']) === null ? null : anyParticipant(record);
}

/** Reads each item of a list, where nothing at all counts as an empty one; null when it is no list or an item cannot be read. */
export function each<T>(raw: unknown, readItem: (item: unknown) => T | null): readonly T[] | null {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) return null;
  const items = raw.map((item: unknown) => readItem(item)).filter((item) => item !== null);
  return items.length === raw.length ? items : null;
}
