import type { Driver } from './driver.js';
import type { OperationResult, SerializedEvent, OperationInput } from './worker-protocol.js';
import { SELECT_STORED_EVENTS, storedEvents } from './stored-events.js';

/** What was named by a key, and its event where one is stored. */
export function named(driver: Driver, { conversationId, key }: OperationInput<'named'>): OperationResult<'named'> {
  const [name] = driver.rows(
    `SELECT listed_id AS listedId, event_id AS eventId, client_message_id AS clientMessageId
     FROM names WHERE conversation = ? AND key = ?`,
    conversationId,
    key,
  ) as { listedId: string | null; eventId: string | null; clientMessageId: string | null }[];
  if (name === undefined) return null;
  const { listedId, eventId, clientMessageId } = name;
  const [event] = storedEvents(driver, `${SELECT_STORED_EVENTS} WHERE e.id = ? AND e.conversation = ?`, eventId, conversationId);
  return { identity: { id: key, listedId, clientMessageId }, event: event ?? null };
}

/** Events whose message is in no history yet. */
export function unlisted(driver: Driver, { conversationId, received }: OperationInput<'unlisted'>): SerializedEvent[] {
  return storedEvents(
    driver,
    `${SELECT_STORED_EVENTS} WHERE e.conversation = ? AND e.received >= ? AND n.key IS NOT NULL AND n.listed_id IS NULL
     ORDER BY n.occurred_at, e.seq`,
    conversationId,
    received,
  );
}
