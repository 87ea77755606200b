import { matchEvent, matchListed } from '../../domain/message-matching.js';
import type { IdentityRecord, MatchResult, PendingSend } from '../../domain/message-matching.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import type { Driver, SqlValue } from './driver.js';
import type { NewEvent, OperationInput } from './worker-protocol.js';

const toMessageIdentity = ({ id, listedId, clientMessageId }: IdentityRecord): MessageIdentity => ({ id, listedId, clientMessageId });

/** Identities that the history listed and no event was matched with. */
const LISTED_WITHOUT_EVENT = 'conversation = ?1 AND digest = ?2 AND event_id IS NULL AND listed_id IS NOT NULL';
/** SQL condition: whether an event of the conversation `?1` with the digest `?2` may match a known message. */
export const HAS_MATCH_CANDIDATES = `
  EXISTS (SELECT 1 FROM names WHERE ${LISTED_WITHOUT_EVENT}) OR EXISTS (SELECT 1 FROM sends WHERE conversation = ?1 AND digest = ?2)`;

/** Assigns an identity to the message of a new event; null if it carries none. `hasNoCandidates`: known to match no other message. */
export function identifyNewEvent(driver: Driver, event: NewEvent, hasNoCandidates: boolean): MessageIdentity | null {
  const { id, conversationId, digest, occurredAt, receivedAt, echoOf = null } = event;
  if (digest === null || conversationId === null) return null;
  const identities = hasNoCandidates ? [] : identityRecords(driver, LISTED_WITHOUT_EVENT, conversationId, digest);
  const sends = hasNoCandidates ? [] : pendingSends(driver, 'digest = ?', conversationId, digest);
  const match = matchEvent({ eventId: id, digest, occurredAt, echoOf }, identities, sends);
  saveMatch(driver, conversationId, match, receivedAt);
  return toMessageIdentity(match.identity);
}

/** Assigns identities to listed messages. Writes nothing if nothing changes, so that reading a known history costs no sync to disk. */
export function identifyListedMessages(
  driver: Driver,
  { conversationId, sightings, now }: OperationInput<'identifyListedMessages'>,
): MessageIdentity[] {
  const digests = sightings.map(({ digest }) => digest);
  const identities = identityRecords(
    driver,
    `id IN (
       SELECT id FROM names WHERE conversation = ?1 AND listed_id IN (SELECT value FROM json_each(?2))
       UNION ALL SELECT id FROM names WHERE conversation = ?1 AND listed_id IS NULL AND digest IN (SELECT value FROM json_each(?3))
     ) ORDER BY occurred_at, names.id`,
    conversationId,
    JSON.stringify(sightings.map(({ listedId }) => listedId)),
    JSON.stringify(digests),
  );
  const match = matchListed(
    sightings,
    identities,
    pendingSends(driver, 'digest IN (SELECT value FROM json_each(?))', conversationId, JSON.stringify(digests)),
  );
  saveMatch(driver, conversationId, match, now);
  return match.identities.map(toMessageIdentity);
}

/** Registers a message that is about to be sent; returns its handle. */
export function registerPendingSend(
  driver: Driver,
  { conversationId, digest, clientMessageId, sentAt }: OperationInput<'registerPendingSend'>,
): string {
  const { lastId } = driver.run(
    'INSERT INTO sends (conversation, digest, client_message_id, sent) VALUES (?, ?, ?, ?)',
    conversationId,
    digest,
    clientMessageId,
    sentAt.getTime(),
  );
  return String(lastId);
}

/** Removes a registered send that was cancelled or matched. */
export function cancelPendingSend(driver: Driver, { handle }: { readonly handle: string }): null {
  driver.run('DELETE FROM sends WHERE handle = CAST(? AS INTEGER)', handle);
  return null;
}

function identityRecords(driver: Driver, where: string, ...values: SqlValue[]): IdentityRecord[] {
  return driver.rows(
    `SELECT key AS id, digest, listed_id AS listedId, listed_at AS listedAt, event_id AS eventId, occurred_at AS occurredAt,
            client_message_id AS clientMessageId FROM names WHERE ${where}`,
    ...values,
  ) as IdentityRecord[];
}

/** Registered sends of a conversation; `where` binds `value`. */
function pendingSends(driver: Driver, where: string, conversationId: string, value: string): PendingSend[] {
  return driver.rows(
    `SELECT CAST(handle AS TEXT) AS handle, digest, client_message_id AS clientMessageId, sent AS sentAt
     FROM sends WHERE conversation = ? AND ${where} ORDER BY handle`,
    conversationId,
    value,
  ) as PendingSend[];
}

function saveMatch(driver: Driver, conversationId: string, { changed, matchedSends }: MatchResult, now: number): void {
  for (const identity of changed) {
    driver.run(
      `INSERT INTO names (conversation, key, digest, listed_id, listed_at, event_id, occurred_at, client_message_id, given)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (conversation, key) DO UPDATE
       SET listed_id = excluded.listed_id, listed_at = excluded.listed_at, event_id = excluded.event_id, occurred_at = excluded.occurred_at`,
      conversationId,
      identity.id,
      identity.digest,
      identity.listedId,
      identity.listedAt,
      identity.eventId,
      identity.occurredAt,
      identity.clientMessageId,
      now,
    );
  }
  for (const handle of matchedSends) cancelPendingSend(driver, { handle });
}
