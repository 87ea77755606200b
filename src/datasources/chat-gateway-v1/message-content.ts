import type { ParticipantRecord } from '../../domain/conversation.js';
import type { AttachmentRef, CardRecord } from '../../domain/message.js';
import { asFlag, asId, asRecord, asText } from '../../domain/read.js';
import { participantType } from '../../domain/upstream-words.js';

/** The contract's default for a card that does not tell. */
const DEFAULT_CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

/** `{id, type, removed, language}`. Where no id is told, the type's own word is the id, as the contact centre itself calls its users and bots. */
export function participant(raw: unknown): ParticipantRecord {
  const record = asRecord(raw);
  return {
    participantId: asId(record?.['id']) ?? asId(record?.['type']) ?? 'unknown',
    type: participantType(record?.['type']),
    name: asText(record?.['name']),
    language: asText(record?.['language']),
    removed: asFlag(record?.['removed']),
  };
}

/** `{id}`, which is all that a message tells of an attachment; left out where it names none. */
export function attachmentRef(raw: unknown): AttachmentRef[] {
  const attachmentId = asId(asRecord(raw)?.['id']);
  return attachmentId === null ? [] : [{ attachmentId, filename: null, contentType: null }];
}

/** `{id, contentType, content, actionSubmitted, actionExecuted}`; left out where it is no object. */
export function card(raw: unknown): CardRecord[] {
  const record = asRecord(raw);
  if (record === null) return [];
  return [
    {
      cardId: asId(record['id']),
      contentType: asId(record['contentType']) ?? DEFAULT_CARD_TYPE,
      content: record['content'] ?? null,
      submitted: asFlag(record['actionSubmitted']) ?? false,
      executed: asFlag(record['actionExecuted']) ?? false,
    },
  ];
}
