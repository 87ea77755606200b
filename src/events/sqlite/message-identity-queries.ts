import { toMessageIdentity } from '../../domain/message-identity.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import { findConversation } from './conversations.js';
import type { Driver } from './driver.js';
import { ALL_TIMES, readIdentityRows } from './identity-rows.js';
import { SELECT_STORED_EVENTS, selectStoredEvents } from './stored-events.js';
import type { OperationInput, OperationResult, SerializedUnlisted } from './worker-protocol.js';

/** Events read at a time, from the newest on. */
const CHUNK = 32;
/** By how much the time of receipt may run backwards from event to event: 5 min. */
const CLOCK_STEP_MS = 300_000;

/** The identity with a key, and its event if one is stored. */
export function findByIdentity(
  driver: Driver,
  { conversationId, key }: OperationInput<'findByIdentity'>,
): OperationResult<'findByIdentity'> {
  const conversation = findConversation(driver, conversationId);
  if (conversation === null) return null;
  const [event] = selectStoredEvents(
    driver,
    `${SELECT_STORED_EVENTS} WHERE e.conversation = ?1 AND e.seq IN (
       SELECT seq FROM events WHERE id = substr(?2, 2) AND identity IS NULL AND digest IS NOT NULL AND substr(?2, 1, 1) = 'e'
       UNION ALL SELECT seq FROM events WHERE conversation = ?1 AND identity = ?2)`,
    conversation,
    key,
  );
  if (event?.identity?.id === key) return { identity: event.identity, event };
  const records = readIdentityRows(driver, conversation, ALL_TIMES).flatMap(({ entries }) => entries);
  const record = records.find(({ id }) => id === key);
  return record === undefined ? null : { identity: toMessageIdentity(record), event: null };
}

/** The earliest times that anything is recorded of in a conversation, and when its last event was received; null if there is none. */
const SELECT_KNOWN = `
  SELECT id, (SELECT min(occurred) FROM events WHERE conversation = c.id AND digest IS NOT NULL) AS ofEvents,
         (SELECT min(CASE waiting WHEN 2 THEN 0 ELSE first END) FROM identities WHERE conversation = c.id) AS ofIdentities,
         (SELECT received FROM events WHERE conversation = c.id ORDER BY seq DESC LIMIT 1) AS lastReceived
  FROM conversations c WHERE name = ?`;

interface KnownConversation {
  readonly id: number;
  readonly ofEvents: number | null;
  readonly ofIdentities: number | null;
  readonly lastReceived: number | null;
}

/** The messages that no history read has listed yet. */
export function eventsMissingFromHistory(
  driver: Driver,
  { conversationId, received }: OperationInput<'eventsMissingFromHistory'>,
): OperationResult<'eventsMissingFromHistory'> {
  const known = driver.row(SELECT_KNOWN, conversationId) as KnownConversation | undefined;
  if (known === undefined) return { messages: [], knownFrom: Infinity };
  const { id, ofEvents, ofIdentities, lastReceived } = known;
  const isQuiet = lastReceived === null || lastReceived < received - CLOCK_STEP_MS;
  return {
    messages: isQuiet ? [] : unlistedSince(driver, id, received),
    knownFrom: Math.min(ofEvents ?? Infinity, ofIdentities ?? Infinity),
  };
}

/** Columns of an event: all that is wanted of those whose message may be unlisted. */
type RecentEvent = readonly [
  seq: number,
  id: string,
  received: number,
  occurred: number | null,
  identity: string | null,
  clientMessageId: string | null,
];

function unlistedSince(driver: Driver, conversation: number, received: number): SerializedUnlisted[] {
  const messages = recentEvents(driver, conversation, received)
    .reverse()
    .flatMap(([, id, at, occurred, identity, clientMessageId]) =>
      at >= received && occurred !== null && identity === null ? [{ id, at, occurred, clientMessageId }] : [],
    );
  if (messages.length === 0) return [];
  const times = messages.map(({ occurred }) => occurred);
  const range = { from: Math.min(...times) - CLOCK_TOLERANCE_MS, to: Math.max(...times) + CLOCK_TOLERANCE_MS };
  const rows = readIdentityRows(driver, conversation, range);
  const listed = new Set(rows.flatMap(({ entries }) => entries.map(({ eventId }) => eventId)));
  return messages
    .filter(({ id }) => !listed.has(id))
    .sort((a, b) => a.occurred - b.occurred)
    .map(({ id, at, occurred, clientMessageId }) => [`e${id}`, clientMessageId, occurred, at]);
}

/** As JSON in one row: the driver takes longer to make an object of each row than SQLite to find it. */
const SELECT_RECENT = `
  SELECT json_group_array(json_array(seq, id, received, occurred, identity, client_message_id)) AS events FROM (
    SELECT seq, id, received, occurred, identity, client_message_id FROM events WHERE conversation = ? AND seq < ? ORDER BY seq DESC LIMIT ?)`;

/** The newest events of a conversation, back to that time of receipt and a little further; newest first. */
function recentEvents(driver: Driver, conversation: number, received: number): RecentEvent[] {
  const found: RecentEvent[] = [];
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const { events } = driver.row(SELECT_RECENT, conversation, before, CHUNK) as { events: string };
    const chunk = JSON.parse(events) as RecentEvent[];
    found.push(...chunk);
    const [seq, , lastReceived] = chunk.at(-1) ?? [0, '', 0];
    if (chunk.length < CHUNK || lastReceived < received - CLOCK_STEP_MS) return found;
    before = seq;
  }
}
