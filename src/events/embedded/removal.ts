import { scopeHash, scopeOf } from '../cursor.js';
import type { Driver } from './driver.js';
import type { Takes } from './operations.js';
import { keepHandlings } from './handling-rows.js';
import type { RemovedEvent } from './handling-rows.js';
import { eraseOutcomes, expireRequests } from './request-rows.js';
import { markRemoved } from './removed-marks.js';

/** Pages given back to the file system in one go; more wait for the next. */
const PAGES_FREED = 2_000;

/** Removes events received before then, oldest places first. */
export function expireEvents(driver: Driver, { receivedBefore, limit, now }: Takes<'expireEvents'>): number {
  const removed = driver.rows(
    `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE received < ? ORDER BY received LIMIT ?) RETURNING seq, conversation, type, json`,
    receivedBefore,
    limit,
  ) as RemovedEvent[];
  keepHandlings(driver, removed, now);
  const highest = new Map<string | null, number>();
  for (const { seq, conversation } of removed) highest.set(conversation, Math.max(seq, highest.get(conversation) ?? 0));
  for (const [conversationId, seq] of highest) {
    markRemoved(driver, 'all', seq);
    if (conversationId !== null) markRemoved(driver, scopeOf({ conversationId }), seq);
  }
  freePages(driver);
  return removed.length;
}

/** Removes names given before then. They are in the order of their ids, so none is looked for beyond the oldest. */
export function expireNames(driver: Driver, { givenBefore, limit }: Takes<'expireNames'>): number {
  const { changes } = driver.run(
    'DELETE FROM names WHERE id IN (SELECT id FROM (SELECT id, given FROM names ORDER BY id LIMIT ?) WHERE given < ?)',
    limit,
    givenBefore,
  );
  freePages(driver);
  return changes;
}

/** Removes what is remembered of erased events, of sent messages that were never met, of conversations whose events have long expired, and of requests. */
export function expireTraces(driver: Driver, { receivedBefore, sentBefore, givenBefore, now }: Takes<'expireTraces'>): null {
  driver.run('DELETE FROM spent WHERE received < ?', receivedBefore);
  driver.run('DELETE FROM sends WHERE sent < ?', sentBefore);
  driver.run('DELETE FROM handlings WHERE kept < ?', givenBefore);
  expireRequests(driver, now);
  return null;
}

/** Removes all of a conversation but its events' ids. */
export function eraseConversation(driver: Driver, { conversationId }: Takes<'erase'>): number {
  const scope = { conversationId };
  driver.run(
    'INSERT INTO spent (id, scope, seq, received) SELECT id, ?, seq, received FROM events WHERE conversation = ?',
    scopeHash(scope),
    conversationId,
  );
  const removed = driver.rows('DELETE FROM events WHERE conversation = ? RETURNING seq', conversationId) as { seq: number }[];
  const highest = removed.reduce((max, { seq }) => Math.max(max, seq), 0);
  if (highest > 0) {
    markRemoved(driver, scope, highest);
    markRemoved(driver, 'all', highest);
  }
  driver.run('DELETE FROM names WHERE conversation = ?', conversationId);
  driver.run('DELETE FROM sends WHERE conversation = ?', conversationId);
  driver.run('DELETE FROM handlings WHERE conversation = ?', conversationId);
  eraseOutcomes(driver, conversationId);
  freePages(driver);
  return removed.length;
}

function freePages(driver: Driver): void {
  driver.exec(`PRAGMA incremental_vacuum(${PAGES_FREED})`);
}
