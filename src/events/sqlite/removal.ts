import { scopeHash, scopeOf } from '../port/cursor.js';
import type { Driver } from './driver.js';
import type { OperationResult, Slice, OperationInput, MetadataTable } from './worker-protocol.js';
import { foldIntoSummaries } from './interaction-metrics-table.js';
import type { RemovedEvent } from './interaction-metrics-table.js';
import { eraseOutcomes } from './idempotency-table.js';
import { advanceLowWatermark } from './low-watermarks.js';
import { runSlice } from './run-slices.js';

/** Pages released between two checks of the time. */
const PAGES_FREED = 20;

/** Removes events received before then, oldest first. */
export function expireEvents(driver: Driver, { receivedBefore, now }: OperationInput<'expireEvents'>): Slice {
  return runSlice((limit) => {
    const removed = driver.rows(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE received < ? ORDER BY received LIMIT ?) RETURNING seq, conversation, type, json`,
      receivedBefore,
      limit,
    ) as RemovedEvent[];
    foldIntoSummaries(driver, removed, now);
    const highest = new Map<string | null, number>();
    for (const { seq, conversation } of removed) highest.set(conversation, Math.max(seq, highest.get(conversation) ?? 0));
    for (const [conversationId, seq] of highest) {
      advanceLowWatermark(driver, 'all', seq);
      if (conversationId !== null) advanceLowWatermark(driver, scopeOf({ conversationId }), seq);
    }
    return removed.length;
  });
}

/** Removes identities assigned before then. They are in the order of their ids, so the scan stops at the oldest that stays. */
export function expireIdentities(driver: Driver, { assignedBefore }: OperationInput<'expireIdentities'>): Slice {
  return runSlice(
    (limit) =>
      driver.run(
        'DELETE FROM names WHERE id IN (SELECT id FROM (SELECT id, given FROM names ORDER BY id LIMIT ?) WHERE given < ?)',
        limit,
        assignedBefore,
      ).changes,
  );
}

const EXPIRE_METADATA: Readonly<Record<MetadataTable, string>> = {
  spent: 'DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE received < ? LIMIT ?)',
  sends: 'DELETE FROM sends WHERE handle IN (SELECT handle FROM sends WHERE sent < ? LIMIT ?)',
  handlings: 'DELETE FROM handlings WHERE conversation IN (SELECT conversation FROM handlings WHERE kept < ? LIMIT ?)',
  requests: 'DELETE FROM requests WHERE name IN (SELECT name FROM requests WHERE claimed < ? LIMIT ?)',
};

/**
 * Removes outdated rows of one metadata table: ids of erased events, unmatched sends, summaries of conversations whose events expired long
 * ago, or requests.
 */
export function expireMetadata(driver: Driver, { table, before }: OperationInput<'expireMetadata'>): Slice {
  return runSlice((limit) => driver.run(EXPIRE_METADATA[table], before, limit).changes);
}

/** Bounds of an erasure that starts now. */
export function erasureBounds(driver: Driver, { conversationId }: OperationInput<'erasureBounds'>): OperationResult<'erasureBounds'> {
  const [bounds] = driver.rows(
    `SELECT coalesce((SELECT max(seq) FROM events WHERE conversation = ?1), 0) AS lastEvent,
            coalesce((SELECT max(id) FROM names WHERE conversation = ?1), 0) AS lastIdentity`,
    conversationId,
  ) as OperationResult<'erasureBounds'>[];
  return { lastEvent: bounds?.lastEvent ?? 0, lastIdentity: bounds?.lastIdentity ?? 0 };
}

/** Removes a conversation's events, oldest first; their ids stay known as used. */
export function eraseEvents(driver: Driver, { conversationId, upTo }: OperationInput<'eraseEvents'>): Slice {
  const scope = { conversationId };
  return runSlice((limit) => {
    const removed = driver.rows(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE conversation = ? AND seq <= ? ORDER BY seq LIMIT ?) RETURNING seq, id, received`,
      conversationId,
      upTo,
      limit,
    ) as { seq: number; id: string; received: number }[];
    for (const { seq, id, received } of removed) {
      driver.run('INSERT INTO spent (id, scope, seq, received) VALUES (?, ?, ?, ?)', id, scopeHash(scope), seq, received);
      advanceLowWatermark(driver, scope, seq);
      advanceLowWatermark(driver, 'all', seq);
    }
    return removed.length;
  });
}

/** Removes the message identities of a conversation. */
export function eraseIdentities(driver: Driver, { conversationId, upTo }: OperationInput<'eraseIdentities'>): Slice {
  return runSlice(
    (limit) =>
      driver.run(
        'DELETE FROM names WHERE id IN (SELECT id FROM names WHERE conversation = ? AND id <= ? LIMIT ?)',
        conversationId,
        upTo,
        limit,
      ).changes,
  );
}

/** Removes the remaining metadata of a conversation. */
export function eraseMetadata(driver: Driver, { conversationId }: OperationInput<'eraseMetadata'>): null {
  driver.run('DELETE FROM sends WHERE conversation = ?', conversationId);
  driver.run('DELETE FROM handlings WHERE conversation = ?', conversationId);
  eraseOutcomes(driver, conversationId);
  return null;
}

/** Returns free pages to the file system. */
export function releaseFreePages(driver: Driver): Slice {
  return runSlice((limit) => {
    const before = freePageCount(driver);
    driver.exec(`PRAGMA incremental_vacuum(${PAGES_FREED})`);
    return freePageCount(driver) < before ? limit : 0;
  });
}

function freePageCount(driver: Driver): number {
  const [row] = driver.rows('PRAGMA freelist_count') as { freelist_count: number }[];
  return row?.freelist_count ?? 0;
}
