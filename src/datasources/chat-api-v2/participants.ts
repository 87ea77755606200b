import type { ParticipantRecord } from '../../domain/conversation.js';
import { asId, asRecord, asText } from '../../domain/parse-unknown.js';
import { participantType } from '../shared/enums.js';
import type { ReadOptions } from '../chat-api.js';
import { listed } from './response-body.js';
import type { Upstream } from './paths.js';

/** All current and former participants, as far as the upstream lists them; none if there is no such conversation. */
export async function participants(
  { client, paths }: Upstream,
  conversationId: string,
  read: ReadOptions,
): Promise<readonly ParticipantRecord[]> {
  const path = paths.conversation(conversationId, 'participants');
  const body = path === null ? null : await client.read({ operation: 'participants.list', path, ...read });
  return body === null ? [] : listed(body, 'participants').map(participant);
}

/** The customer leaves, which ends the interaction going on. */
export async function leaveAsCustomer({ client, paths }: Upstream, conversationId: string): Promise<void> {
  const target = paths.changedConversation(conversationId, 'participants', 'customer');
  await client.change({ operation: 'participants.leave', method: 'DELETE', accepts: 204, ...target });
}

/** `{id, type, language}`; neither a name nor whether the participant has left. */
function participant(raw: unknown): ParticipantRecord {
  const record = asRecord(raw);
  return {
    participantId: asId(record?.['id']) ?? asId(record?.['type']) ?? 'unknown',
    type: participantType(record?.['type']),
    name: asText(record?.['name']),
    language: asText(record?.['language']),
    removed: null,
  };
}
