import { decideHealing, UNCERTAIN_MS } from '../../domain/healing.js';
import { toMessageIdentity } from '../../domain/message-identity.js';
import { findConversation } from './conversations.js';
import type { Driver } from './driver.js';
import { erasedAt } from './erasures.js';
import { findKnownEvent, insertEvent } from './event-table.js';
import { writeIdentities } from './identity-rows.js';
import { readKnown } from './known-identities.js';
import { lowWatermark } from './low-watermarks.js';
import type { OperationInput, OperationResult } from './worker-protocol.js';

/**
 * Stores the event of a listed message for which none has arrived, unless one is known by now. Its record stays among those that wait, marked: so the message's own event, if
 * it arrives, is matched as before, and found to be a duplicate.
 */
export function healMessage(driver: Driver, input: OperationInput<'heal'>): OperationResult<'heal'> {
  const { conversationId, listedId, occurredAt, receivedAt, since, dryRun } = input;
  const conversation = conversationId === null ? null : findConversation(driver, conversationId);
  if (conversationId === null || conversation === null || findKnownEvent(driver, input) !== null) return 'SETTLED';
  const { rows, records } = readKnown(driver, conversation, { from: occurredAt - UNCERTAIN_MS, to: occurredAt + UNCERTAIN_MS });
  const decision = decideHealing(listedId, {
    records,
    since,
    erasedAt: erasedAt(driver, { conversationId }),
    firstEventAt: findFirstEventTime(driver, conversation),
    hadEvents: lowWatermark(driver, { conversationId }) > 0,
  });
  if (typeof decision === 'string') return decision;
  if (dryRun) return 'OVERDUE';
  writeIdentities(driver, conversation, rows, { records: [{ ...decision, isHealed: true }], now: receivedAt });
  return insertEvent(driver, input, toMessageIdentity(decision));
}

/** When the first event of a conversation happened, in the log's order; null if none is stored. */
function findFirstEventTime(driver: Driver, conversation: number): number | null {
  const row = driver.row('SELECT json FROM events WHERE conversation = ? ORDER BY seq LIMIT 1', conversation) as
    { readonly json: string } | undefined;
  return row === undefined ? null : Date.parse((JSON.parse(row.json) as { readonly occurredAt: string }).occurredAt);
}
