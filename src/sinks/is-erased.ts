import type { EventLog } from '../events/port/event-log.js';
import type { Entry } from './shard.js';

/** How long after it was read an event counts as stored without being looked up, in milliseconds. */
const FRESH_MS = 1_000;

/** Whether an attempt may be one of an event that has been erased since it was read: one that was tried before, or has waited. */
export const mayBeErased = ({ attempts, readAt }: Entry): boolean => attempts > 0 || performance.now() - readAt > FRESH_MS;

/** Whether the conversation of an event was erased after the event was received: nothing of it may be sent any more. Rejects as the log does. */
export async function isErased(log: Pick<EventLog, 'erasedAt'>, { stored }: Entry): Promise<boolean> {
  const { conversationId, receivedAt } = stored.event;
  const erasedAt = conversationId === null ? null : await log.erasedAt(conversationId);
  return erasedAt !== null && erasedAt >= receivedAt;
}
