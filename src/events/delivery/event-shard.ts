import type { ConversationEvent } from '../../domain/event.js';
import { hashOf } from '../../domain/shard.js';
import type { Shard } from '../../domain/shard.js';

/** A property, and no `WeakMap`, for the reason that `shared-results.ts` has. */
const HASH = Symbol('hash of the conversation');

interface Hashed {
  [HASH]?: number;
}

/** Whether an event's conversation is in a shard. All subscriptions examine the same object: its hash is computed for the first of them. */
export function isEventInShard(event: ConversationEvent, { index, count }: Shard): boolean {
  if (event.conversationId === null) return index === 0;
  const hashed = event as object as Hashed;
  const hash = hashed[HASH] ?? hashOf(event.conversationId);
  hashed[HASH] = hash;
  return hash % count === index;
}
