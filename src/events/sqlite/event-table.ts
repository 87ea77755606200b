import { cursorExpired, scopeHash, scopeOf } from '../port/cursor.js';
import { EventIdReusedError } from '../port/errors.js';
import type { Driver } from './driver.js';
import { matchReachMs } from '../../domain/message-matching.js';
import type { MessageIdentity } from '../../domain/message-identity.js';
import { ensureConversation, numberOf } from './conversations.js';
import { HAS_MATCH_CANDIDATES, identifyNewEvent } from './message-identity-table.js';
import type { AppendedEvent, OperationResult, NewEvent, PageQuery, SerializedEvent, OperationInput } from './worker-protocol.js';
import { recordActivity } from './inbox-activity.js';
import { lowWatermark } from './low-watermarks.js';
import { runSlice } from './run-slices.js';
import { SELECT_STORED_EVENTS, selectStoredEvents } from './stored-events.js';

/** Stores an event at the next position, unless its id is known. Throws `EventIdReusedError` before any change. */
export function appendEvent(driver: Driver, event: NewEvent): AppendedEvent {
  const stored = event.listed === undefined ? insertPlain(driver, event) : null;
  if (stored !== null) return stored;
  const known = findKnownEvent(driver, event);
  if (known !== null) return known;
  const match = identifyInConversation(driver, event);
  if (match?.isHealed === true) return recordLateOriginal(driver, event, match.identity);
  return insertEvent(driver, event, match?.identity ?? null);
}

/**
 * Stores an event unless its id is known, its conversation is new, or its message has match candidates: then the type is null, which a row
 * must not have. Usually nothing of it is so, and one statement does it all. Parameters: id, conversation, type, received, digest, occurred, JSON, reach of a match.
 */
const INSERT_PLAIN = `
  INSERT OR IGNORE INTO events (id, conversation, type, received, digest, occurred, json)
  VALUES (?1, ${numberOf('?2')},
    (SELECT ?3 FROM conversations c WHERE c.name = ?2 AND NOT EXISTS (SELECT 1 FROM spent WHERE id = ?1) AND NOT (?5 IS NOT NULL AND (${HAS_MATCH_CANDIDATES}))),
    ?4, ?5, CASE WHEN ?5 IS NOT NULL THEN ?6 END, ?7)`;

/** Null if the event is not plain: nothing is changed then. */
function insertPlain(driver: Driver, event: NewEvent): AppendedEvent | null {
  const { id, conversationId, type, receivedAt, digest, occurredAt, json } = event;
  const { changes, lastId } = driver.run(INSERT_PLAIN, id, conversationId, type, receivedAt, digest, occurredAt, json, matchReachMs(event));
  if (changes === 0) return null;
  recordActivity(driver, event, lastId);
  return {
    seq: lastId,
    identity: digest === null ? null : { id: `e${id}`, listedId: null, clientMessageId: null },
    duplicate: false,
    json: null,
  };
}

/** Stores an event at the next position. */
export function insertEvent(driver: Driver, event: NewEvent, identity: MessageIdentity | null): AppendedEvent {
  const { id, conversationId, type, receivedAt, digest, occurredAt, json } = event;
  const { lastId } = driver.run(
    `INSERT INTO events (id, conversation, type, received, digest, occurred, identity, client_message_id, json)
     VALUES (?, ${numberOf('?')}, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    conversationId,
    type,
    receivedAt,
    digest,
    digest === null ? null : occurredAt,
    identity === null || identity.id === `e${id}` ? null : identity.id,
    identity?.clientMessageId ?? null,
    json,
  );
  recordActivity(driver, event, lastId);
  return { seq: lastId, identity, duplicate: false, json: null };
}

function identifyInConversation(driver: Driver, event: NewEvent): ReturnType<typeof identifyNewEvent> {
  if (event.conversationId === null) return null;
  return identifyNewEvent(driver, ensureConversation(driver, event.conversationId), event);
}

/**
 * Looks an id up among stored and erased events. Conversations are compared by the database, which, unlike its driver, reads text beyond a
 * NUL character.
 */
const SELECT_KNOWN_ID = `
  SELECT conversation IS ${numberOf('?2')} AS same, NULL AS scope, seq FROM events WHERE id = ?1
  UNION ALL SELECT NULL, scope, seq FROM spent WHERE id = ?1`;

/** The stored event with this id, as a duplicate; null if there is none. Throws `EventIdReusedError` if it is of another conversation. */
export function findKnownEvent(driver: Driver, { id, conversationId }: NewEvent): AppendedEvent | null {
  const known = driver.row(SELECT_KNOWN_ID, id, conversationId) as { same: number | null; scope: string | null; seq: number } | undefined;
  if (known === undefined) return null;
  const same = known.scope === null ? known.same === 1 : known.scope === scopeHash(scopeOf({ conversationId }));
  if (!same) throw new EventIdReusedError('The event id belongs to another conversation.');
  const [stored] = selectStoredEvents(driver, `${SELECT_STORED_EVENTS} WHERE e.seq = ?`, known.seq);
  return { seq: known.seq, identity: stored?.identity ?? null, json: stored?.json ?? null, duplicate: true };
}

/** The message of this event has been reported by one of ours: its id is known as used from now on, and refers to that event. */
function recordLateOriginal(driver: Driver, event: NewEvent, identity: MessageIdentity): AppendedEvent {
  const { id, conversationId, receivedAt } = event;
  const scope = scopeOf(event);
  const healed = driver.row(
    `SELECT seq FROM events WHERE conversation = ${numberOf('?')} AND identity = ?`,
    conversationId,
    identity.id,
  ) as { readonly seq: number } | undefined;
  const seq = healed?.seq ?? lowWatermark(driver, scope);
  driver.run('INSERT INTO spent (id, scope, seq, received) VALUES (?, ?, ?, ?)', id, scopeHash(scope), seq, receivedAt);
  return findKnownEvent(driver, event) ?? { seq, identity, json: null, duplicate: true };
}

/** SQL: the positions of all events of a conversation with a message, by an index alone: it takes longer to look at the rows of all these events for their types. */
const WITH_MESSAGES = `(SELECT seq FROM events WHERE conversation = ${numberOf('?')} AND digest IS NOT NULL)`;

/** Reads a page. Throws `CursorExpiredError` if an event after `after` was removed. */
export function readPage(driver: Driver, query: PageQuery): { events: SerializedEvent[]; hasMore: boolean } {
  if (query.after !== null && query.skipRemoved !== true && query.after < lowWatermark(driver, query.scope)) throw cursorExpired();
  const ofConversation = query.scope === 'all' ? [] : [query.scope.conversationId];
  const ofTypes = query.types === null ? [] : [JSON.stringify(query.types)];
  // From the start, there may be many of them.
  const otherThanMessages = query.after === null && query.types?.includes('MESSAGE_ADDED') === false ? ofConversation : [];
  const events = selectStoredEvents(
    driver,
    `${SELECT_STORED_EVENTS} WHERE e.seq > ? AND e.seq < ?
     ${ofConversation.length > 0 ? `AND e.conversation = ${numberOf('?')}` : ''}
     ${otherThanMessages.length > 0 ? `AND e.seq NOT IN ${WITH_MESSAGES}` : ''}
     ${ofTypes.length > 0 ? 'AND e.type IN (SELECT value FROM json_each(?))' : ''}
     ORDER BY e.seq ${query.fromEnd ? 'DESC' : 'ASC'} LIMIT ?`,
    query.after ?? 0,
    query.before ?? Number.MAX_SAFE_INTEGER,
    ...ofConversation,
    ...otherThanMessages,
    ...ofTypes,
    query.limit + 1,
  );
  // One more than the limit was read, to see whether there are more.
  const hasMore = events.length > query.limit;
  if (hasMore) events.pop();
  return { events: query.fromEnd ? events.reverse() : events, hasMore };
}

/** Uses the index, and its order: the planner would otherwise scan every stored event. */
export const SELECT_RECEIVED_SINCE = `
  SELECT received, seq, c.name AS conversation FROM events INDEXED BY events_by_received
  LEFT JOIN conversations c ON c.id = events.conversation
  WHERE received >= ?1 AND (received > ?1 OR seq >= ?2) ORDER BY received, seq LIMIT ?3`;

/** Conversations with events received from a position on, as many as one slice finds. */
export function activeSince(driver: Driver, { from }: OperationInput<'activeSince'>): OperationResult<'activeSince'> {
  const conversationIds = new Set<string>();
  let next = from;
  const { done } = runSlice((limit) => {
    const rows = driver.rows(SELECT_RECEIVED_SINCE, next.received, next.seq, limit) as ReceivedRow[];
    for (const { conversation } of rows) if (conversation !== null) conversationIds.add(conversation);
    const last = rows.at(-1);
    if (last !== undefined) next = { received: last.received, seq: last.seq + 1 };
    return rows.length;
  });
  return { conversationIds: [...conversationIds], next: done ? null : next };
}

interface ReceivedRow {
  readonly received: number;
  readonly seq: number;
  readonly conversation: string | null;
}
