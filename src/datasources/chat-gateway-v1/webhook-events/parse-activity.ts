import type { ParticipantRecord } from '../../../domain/conversation.js';
import type { UnknownRecord } from '../../../domain/parse-unknown.js';
import { asId, asRecord, asText, asTime } from '../../../domain/parse-unknown.js';
import type { EventBody } from '../../../webhooks/webhook-format.js';
import { parseParticipant } from '../../shared/webhook-events/parse-participant.js';

/**
 * Reads the `data` of an `ACTIVITY` event: something other than a message. An unknown name, or a value of an unexpected shape, is kept unchanged as
 * `CHANNEL_ACTIVITY`; null only without a name.
 */
export function parseActivity(data: UnknownRecord): EventBody | null {
  const name = asId(data['name']);
  if (name === null) return null;
  const value = data['value'] ?? null;
  return knownActivity(name, value) ?? { type: 'CHANNEL_ACTIVITY', data: { name, value } };
}

function knownActivity(name: string, value: unknown): EventBody | null {
  switch (name) {
    case 'typing':
      return typingChanged(asRecord(value));
    case 'adaptiveCard/action':
      return cardAction(asRecord(value));
    case 'quickReply/action':
      return quickReply(asRecord(asRecord(value)?.['data']));
    case 'read-receipts':
      return messagesRead(value);
    default:
      return null;
  }
}

/** `{users: [{id, type}]}`: everybody who is typing now. */
function typingChanged(value: UnknownRecord | null): EventBody | null {
  const typing = Array.isArray(value?.['users']) ? parseEach(value['users'], parseParticipant) : null;
  return typing === null ? null : { type: 'TYPING_CHANGED', data: { typing } };
}

/** `{type, data}`, where `type` is `Action.Submit` or `Action.Execute`. */
function cardAction(value: UnknownRecord | null): EventBody | null {
  const action = asId(value?.['type']);
  return value === null || action === null ? null : { type: 'CARD_ACTION_INVOKED', data: { action, data: value['data'] ?? null } };
}

function quickReply(data: UnknownRecord | null): EventBody | null {
  const title = asText(data?.['title']);
  const payload = asText(data?.['payload']);
  const isPayloadLost = payload === null && (data?.['payload'] ?? null) !== null;
  return isPayloadLost || (title === null && payload === null) ? null : { type: 'QUICK_REPLY_CHOSEN', data: { title, payload } };
}

interface Receipt {
  readonly readAt: Date;
  readonly readers: readonly ParticipantRecord[];
}

/** `[{timestamp, users}]`. One event names one reader; of several receipts of one reader the latest covers the others. */
function messagesRead(value: unknown): EventBody | null {
  const receipts = parseEach(value, receipt) ?? [];
  const [reader, ...others] = receipts.flatMap(({ readers }) => readers);
  if (reader === undefined || others.some(({ participantId }) => participantId !== reader.participantId)) return null;
  const readAt = new Date(Math.max(...receipts.map((one) => one.readAt.getTime())));
  return { type: 'MESSAGES_READ', data: { readAt, reader } };
}

function receipt(raw: unknown): Receipt | null {
  const record = asRecord(raw);
  const readAt = asTime(record?.['timestamp']);
  const readers = parseEach(record?.['users'], reader);
  return readAt === null || readers === null || readers.length === 0 ? null : { readAt, readers };
}

/** No channel sends receipts yet, so it is unknown whether users are objects or bare ids. */
function reader(raw: unknown): ParticipantRecord | null {
  const participantId = asId(raw);
  return participantId === null ? parseParticipant(raw) : { participantId, type: 'OTHER', name: null, language: null, removed: null };
}

/** Reads each item of a list; empty without a list, null if it is not a list or an item is unreadable. */
function parseEach<T>(raw: unknown, parseItem: (item: unknown) => T | null): readonly T[] | null {
  if (raw === undefined || raw === null) return [];
  if (!Array.isArray(raw)) return null;
  const items = raw.map((item: unknown) => parseItem(item)).filter((item) => item !== null);
  return items.length === raw.length ? items : null;
}
