import type { ParticipantRecord } from '../../../domain/conversation.js';
import { asId, asRecord } from '../../../domain/parse-unknown.js';
import { participant } from '../message-content.js';

/** `{id, type}` of a participant; null if it has no id. */
export function parseParticipant(raw: unknown): ParticipantRecord | null {
  const record = asRecord(raw);
  return asId(record?.['id']) === null ? null : participant(record);
}
