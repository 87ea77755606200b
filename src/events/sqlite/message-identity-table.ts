import { withoutForgettable } from '../../domain/identity-retention.js';
import { matchEvent, matchLateEvent, matchListed, matchReachMs } from '../../domain/message-matching.js';
import type { IdentityRecord, MatchResult } from '../../domain/message-matching.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import { isReproducible } from '../../domain/reproducible-match.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { ensureConversation } from './conversations.js';
import type { Driver } from './driver.js';
import { KINDS, readIdentityRows, writeIdentities } from './identity-rows.js';
import { readCandidates, readKnown, toTimeRange } from './known-identities.js';
import { cancelPendingSend, pendingSends } from './pending-sends.js';
import { fromSerialized, toSerializedIdentity } from './worker-protocol.js';
import type { NewEvent, OperationInput, OperationResult } from './worker-protocol.js';

/**
 * SQL condition: whether an event of the conversation `?2`, which has the number `c.id`, with the digest `?5`, of the time `?6`, may match
 * a known message that is no further away than `?8`. Digests in a row's text are compared first: a row may hold many.
 */
export const HAS_MATCH_CANDIDATES = `
  EXISTS (SELECT 1 FROM identities WHERE conversation = c.id AND instr(entries, ?5) AND
    (waiting = 1 AND first <= ?6 + ?8 AND last >= ?6 - ?8 OR waiting = 2))
  OR EXISTS (SELECT 1 FROM sends WHERE conversation = ?2 AND digest = ?5)`;

/** The identity of a new event's message. `isHealed`: an event of ours has reported the message, and the new one is not to be stored. */
export interface NewEventIdentity {
  readonly identity: MessageIdentity;
  readonly isHealed: boolean;
}

/** Assigns an identity to the message of a new event of a conversation, and records what else changes; null if it carries none. */
export function identifyNewEvent(driver: Driver, conversation: number, event: NewEvent): NewEventIdentity | null {
  const { id: eventId, conversationId, digest, occurredAt, echoOf = null, listed = [], receivedAt: now } = event;
  if (digest === null || conversationId === null) return null;
  const sends = pendingSends(driver, conversationId).filter((send) => send.digest === digest);
  const observed = { eventId, digest, occurredAt, receivedAt: now, echoOf };
  if (listed.length > 0) {
    const messages = listed.map(fromSerialized);
    const { rows, records } = readKnown(driver, conversation, toTimeRange(messages));
    const match = matchLateEvent(observed, messages, records, sends);
    return saveEventMatch(driver, conversation, rows, match, now);
  }
  const reachMs = matchReachMs(observed);
  const around = { from: occurredAt - reachMs, to: occurredAt + reachMs };
  const rows = readIdentityRows(driver, conversation, around).filter(({ waiting }) => waiting !== KINDS.remembered);
  const alike = rows.flatMap(({ entries }) => entries.filter((entry) => entry.digest === digest));
  return saveEventMatch(driver, conversation, rows, matchEvent(observed, alike, sends), now);
}

/** The event's own row holds its identity: no other record may remain of it. */
function saveEventMatch(
  driver: Driver,
  conversation: number,
  rows: Parameters<typeof writeIdentities>[2],
  { identity, changed, matchedSends }: MatchResult & { readonly identity: IdentityRecord },
  now: number,
): NewEventIdentity {
  const records = changed.filter(({ id }) => id !== identity.id);
  writeIdentities(driver, conversation, rows, { records, removed: new Set([identity.id]), now });
  for (const handle of matchedSends) cancelPendingSend(driver, { handle });
  return { identity: toMessageIdentity(identity), isHealed: identity.isHealed === true };
}

/**
 * Assigns identities to listed messages. `mayBeLost`: what was written need not be durable when it is answered. Writes nothing if nothing changes, or nothing that has to be remembered, so that reading a known
 * or an old history costs no sync to disk.
 */
export function identifyListedMessages(
  driver: Driver,
  { conversationId, sightings, now, retryHorizonMs }: OperationInput<'identifyListedMessages'>,
): OperationResult<'identifyListedMessages'> {
  const messages = sightings.map(fromSerialized);
  const { conversation, rows, records, sends } = readCandidates(driver, conversationId, toTimeRange(messages));
  const digests = new Set(messages.map(({ digest }) => digest));
  const alike = sends.filter(({ digest }) => digests.has(digest));
  const match = matchListed(messages, records, alike);
  const changed = withoutForgettable(match.changed, records, { now, retryHorizonMs });
  if (changed.length > 0) {
    writeIdentities(driver, conversation ?? ensureConversation(driver, conversationId), rows, { records: changed, now });
  }
  for (const handle of match.matchedSends) cancelPendingSend(driver, { handle });
  const mayBeLost = isReproducible({ changed, messages, known: records, sends: alike, now });
  return { identities: match.identities.map(toSerializedIdentity), isChanged: changed.length > 0, mayBeLost };
}
