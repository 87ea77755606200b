import type { InteractionRecord } from '../../domain/conversation.js';
import { asId, asRecord, asTime } from '../../domain/parse-unknown.js';
import type { ReadOptions } from '../chat-api.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { embedded } from './hal.js';
import { conversationPath } from './paths.js';

/** Oldest first, those without a start last (the contract names no order); none where there is no such conversation. */
export async function interactions(
  client: UpstreamCalls,
  conversationId: string,
  read: ReadOptions,
): Promise<readonly InteractionRecord[]> {
  const path = conversationPath(conversationId, 'interactions');
  const body = path === null ? null : await client.read({ operation: 'interactions.list', path, ...read });
  const found = body === null ? [] : embedded(body, 'interactions').flatMap(interactionRecord);
  return found.sort((a, b) => toStartTime(a) - toStartTime(b));
}

function interactionRecord(raw: unknown): InteractionRecord[] {
  const record = asRecord(raw);
  const interactionId = asId(record?.['id']);
  if (record === null || interactionId === null) return [];
  return [{ interactionId, startedAt: asTime(record['startTime']), endedAt: asTime(record['endTime']) }];
}

function toStartTime({ startedAt }: InteractionRecord): number {
  return startedAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
