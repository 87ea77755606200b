import type { ParticipantRecord } from '../../domain/conversation.js';
import { participant } from '../shared/message-content.js';
import type { ReadOptions } from '../chat-api.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { embedded } from './hal.js';
import { changedConversation, conversationPath } from './paths.js';

/** All who ever took part, those who left too; none where there is no such conversation. */
export async function participants(
  client: UpstreamCalls,
  conversationId: string,
  read: ReadOptions,
): Promise<readonly ParticipantRecord[]> {
  const path = conversationPath(conversationId, 'participants');
  const body = path === null ? null : await client.read({ operation: 'participants.list', path, ...read });
  return body === null ? [] : embedded(body, 'participants').map(participant);
}

/** The customer leaves, which ends the interaction going on. */
export async function leaveAsCustomer(client: UpstreamCalls, conversationId: string): Promise<void> {
  const target = changedConversation(conversationId, 'participants', 'user');
  await client.change({ operation: 'participants.leave', method: 'PATCH', accepts: 204, ...target, body: { removed: true } });
}
