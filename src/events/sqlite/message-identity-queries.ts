import type { Driver } from './driver.js';
import type { OperationResult, SerializedEvent, OperationInput } from './worker-protocol.js';
import { SELECT_STORED_EVENTS, selectStoredEvents } from './stored-events.js';

/** The identity with a key, and its event if one is stored. */
export function findByIdentity(
  driver: Driver,
  { conversationId, key }: OperationInput<'findByIdentity'>,
): OperationResult<'findByIdentity'> {
  const [identity] = driver.rows(
    `SELECT listed_id AS listedId, event_id AS eventId, client_message_id AS clientMessageId
     FROM names WHERE conversation = ? AND key = ?`,
    conversationId,
    key,
  ) as { listedId: string | null; eventId: string | null; clientMessageId: string | null }[];
  if (identity === undefined) return null;
  const { listedId, eventId, clientMessageId } = identity;
  const [event] = selectStoredEvents(driver, `${SELECT_STORED_EVENTS} WHERE e.id = ? AND e.conversation = ?`, eventId, conversationId);
  return { identity: { id: key, listedId, clientMessageId }, event: event ?? null };
}

/** Events whose message no history read has listed yet. */
export function eventsMissingFromHistory(
  driver: Driver,
  { conversationId, received }: OperationInput<'eventsMissingFromHistory'>,
): SerializedEvent[] {
  return selectStoredEvents(
    driver,
    `${SELECT_STORED_EVENTS} WHERE e.conversation = ? AND e.received >= ? AND n.key IS NOT NULL AND n.listed_id IS NULL
     ORDER BY n.occurred_at, e.seq`,
    conversationId,
    received,
  );
}
