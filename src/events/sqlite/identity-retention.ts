import { isDerivable } from '../../domain/identity-retention.js';
import { CLOCK_TOLERANCE_MS } from '../../domain/message-matching.js';
import type { IdentityRecord } from '../../domain/message-matching.js';
import type { Driver } from './driver.js';
import { readIdentityRows, selectIdentityRows, writeIdentities } from './identity-rows.js';
import { readKnown, toIdentityRecord } from './known-identities.js';
import { packIdentities } from '../port/packed-identities.js';
import type { EventIdentity } from './known-identities.js';

/** Keeps the identities of a conversation's messages whose events have just been removed, unless they are packed already or derivable. */
export function keepIdentities(driver: Driver, conversation: number, events: readonly EventIdentity[], now: number): void {
  const records = events.filter(({ digest }) => digest !== null).map(toIdentityRecord);
  if (records.length === 0) return;
  const rows = readIdentityRows(driver, conversation, rangeAround(records));
  const packed = new Set(rows.flatMap(({ entries }) => entries.map(({ id }) => id)));
  const left = records.filter(
    (record) => !packed.has(record.id) && !isDerivable(record, unlistedAround(driver, conversation, record, records)),
  );
  if (left.length > 0) writeIdentities(driver, conversation, rows, { records: left, now });
}

/** The identities that only events have shown, around a message that the list has named; `removed`: of events just removed. */
function unlistedAround(
  driver: Driver,
  conversation: number,
  record: IdentityRecord,
  removed: readonly IdentityRecord[],
): readonly IdentityRecord[] {
  if (record.listedId === null) return [];
  return [...readKnown(driver, conversation, rangeAround([record])).records, ...removed].filter(({ listedId }) => listedId === null);
}

/**
 * Of rows with messages that have waited until then, drops what is derivable; the rest is remembered, but waits no more. Returns how many
 * rows.
 */
export function settleWaitingRows(driver: Driver, listedBefore: number, limit: number): number {
  const rows = selectIdentityRows(driver, 'WHERE waiting = 1 AND last <= ? ORDER BY last LIMIT ?', listedBefore, limit);
  for (const { id, conversation, first, last, entries } of rows) {
    const range = { from: first - CLOCK_TOLERANCE_MS, to: last + CLOCK_TOLERANCE_MS };
    const unlisted = readKnown(driver, conversation, range).records.filter(({ listedId }) => listedId === null);
    const left = entries.filter((entry) => !isDerivable(entry, unlisted));
    if (left.length === 0) driver.run('DELETE FROM identities WHERE id = ?', id);
    else driver.run('UPDATE identities SET waiting = 0, entries = ? WHERE id = ?', packIdentities(left), id);
  }
  return rows.length;
}

function rangeAround(records: readonly IdentityRecord[]): { readonly from: number; readonly to: number } {
  const times = records.map(({ listedAt, occurredAt }) => listedAt ?? occurredAt ?? 0);
  return { from: Math.min(...times) - CLOCK_TOLERANCE_MS, to: Math.max(...times) + CLOCK_TOLERANCE_MS };
}
