import { decideHealings, toHealingDecision, UNCERTAIN_MS } from '../../domain/healing.js';
import type { HealingFacts } from '../../domain/healing.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import { scopeHash } from '../port/cursor.js';
import type { Driver } from './driver.js';
import { findKnownEvent, insertEvent } from './event-table.js';
import { writeIdentities } from './identity-rows.js';
import { selectConversation, toKnown } from './known-identities.js';
import type { FoundIdentities, KnownIdentities } from './known-identities.js';
import type { OperationInput, OperationResult } from './worker-protocol.js';

/** Whether messages of a conversation have to be healed. Reads once for all of them, and writes nothing. */
export function decideHealing(driver: Driver, input: OperationInput<'decideHealing'>): OperationResult<'decideHealing'> {
  const known = readFacts(driver, input);
  return known === null ? input.listedIds.map(() => 'SETTLED') : decideHealings(input.listedIds, known).map(toHealingDecision);
}

/**
 * Stores the events of listed messages for which none has arrived, unless one is known by now. Their records stay among those that wait, marked: so a message's own event, if
 * it arrives, is matched as before, and found to be a duplicate.
 */
export function healMessages(driver: Driver, { conversationId, since, messages }: OperationInput<'heal'>): OperationResult<'heal'> {
  // Before any change: this throws if an id belongs to another conversation.
  const unknown = messages.filter(({ event }) => findKnownEvent(driver, event) === null);
  if (unknown.length === 0) return messages.map(() => 'SETTLED');
  const times = unknown.map(({ event }) => event.occurredAt);
  const known = readFacts(driver, { conversationId, since, from: Math.min(...times), to: Math.max(...times) });
  if (known === null) return messages.map(() => 'SETTLED');
  const listedIds = unknown.map(({ listedId }) => listedId);
  const decisions = new Map(decideHealings(listedIds, known).map((decision, index) => [unknown[index], decision]));
  const records = [...decisions.values()].flatMap((decision) => (typeof decision === 'string' ? [] : [{ ...decision, isHealed: true }]));
  const now = Math.max(...unknown.map(({ event }) => event.receivedAt));
  if (records.length > 0) writeIdentities(driver, known.conversation, known.rows, { records, now });
  return messages.map((message) => {
    const decision = decisions.get(message) ?? 'SETTLED';
    return typeof decision === 'string' ? decision : insertEvent(driver, message.event, toMessageIdentity(decision));
  });
}

/** The first event is the first in the log's order. `?4` is the hash of the conversation's scope. */
const SELECT_FACTS = selectConversation(`
  (SELECT json_extract(json, '$.occurredAt') FROM events WHERE conversation = c.id ORDER BY seq LIMIT 1) AS first,
  (SELECT seq FROM removed WHERE scope = ?4) AS removed,
  (SELECT at FROM erasures WHERE scope = ?4) AS erasedAt`);

interface Row extends FoundIdentities {
  readonly conversation: number | null;
  readonly first: string | null;
  readonly removed: number | null;
  readonly erasedAt: number | null;
}

interface Facts extends HealingFacts, KnownIdentities {
  readonly conversation: number;
}

/** What is known of a conversation around messages of these times; null if nothing is stored of it. */
function readFacts(driver: Driver, { conversationId, since, from, to }: Omit<OperationInput<'decideHealing'>, 'listedIds'>): Facts | null {
  const scope = scopeHash({ conversationId });
  const row = driver.row(SELECT_FACTS, conversationId, from - UNCERTAIN_MS, to + UNCERTAIN_MS, scope) as Row;
  if (row.conversation === null) return null;
  return {
    ...toKnown(row),
    conversation: row.conversation,
    since,
    erasedAt: row.erasedAt,
    firstEventAt: row.first === null ? null : Date.parse(row.first),
    hadEvents: (row.removed ?? 0) > 0,
  };
}
