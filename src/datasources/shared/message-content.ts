import type { ParticipantRecord } from '../../domain/conversation.js';
import { limitDepth } from '../../domain/limit-depth.js';
import type { AttachmentRef, CardRecord, ExternalProvider, MessageContent } from '../../domain/message.js';
import { asFlag, asId, asList, asRecord, asText } from '../../domain/parse-unknown.js';
import type { UnknownRecord } from '../../domain/parse-unknown.js';
import { attachmentType, participantType } from './enums.js';

/*
 * Messages of the Chat Gateway, read alike in its history and in its events. An unreadable part of a message is left out, never the message.
 */

/** The contract's default for a card without a content type. */
const DEFAULT_CARD_TYPE = 'application/vnd.microsoft.card.adaptive';

const NONE: readonly never[] = [];

/** The content of a message. `author`: its author, which history and events keep under different names. */
export function messageContent(raw: UnknownRecord, author: unknown): MessageContent {
  return {
    author: participant(author),
    text: asText(raw['text']),
    attachments: parseAll(raw['attachments'], attachmentRef),
    cards: parseAll(raw['cards'], card),
    externalProvider: externalProvider(raw['externalProvider']),
  };
}

/** `{id, type, name, language, removed}`. Without an id, the type is the id, as in the contact centre's own ids of users and bots. */
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

/** `{id}` in history, `{id, type, fileName}` in events. Their pre-signed URL is dropped: it grants access to anyone, and expires before the event does. */
function attachmentRef(raw: unknown): AttachmentRef[] {
  const record = asRecord(raw);
  const attachmentId = asId(record?.['id']);
  if (record === null || attachmentId === null) return [];
  return [{ attachmentId, filename: asText(record['fileName']), ...attachmentType(record['type']) }];
}

/** `{id, contentType, content, actionSubmitted, actionExecuted}`; events have only the content and its type. */
function card(raw: unknown): CardRecord[] {
  const record = asRecord(raw);
  if (record === null) return [];
  return [
    {
      cardId: asId(record['id']),
      contentType: asId(record['contentType']) ?? DEFAULT_CARD_TYPE,
      content: limitDepth(record['content'] ?? null),
      submitted: asFlag(record['actionSubmitted']) ?? false,
      executed: asFlag(record['actionExecuted']) ?? false,
    },
  ];
}

function externalProvider(raw: unknown): ExternalProvider | null {
  const record = asRecord(raw);
  const name = asId(record?.['name']);
  const externalMessageId = asId(record?.['externalMessageId']);
  return name === null || externalMessageId === null ? null : { name, externalMessageId };
}

/** Flat-maps a list. The shared empty list saves an allocation: most messages have no attachments and no cards. */
function parseAll<T>(value: unknown, read: (raw: unknown) => readonly T[]): readonly T[] {
  const list = asList(value);
  return list.length === 0 ? NONE : list.flatMap(read);
}
