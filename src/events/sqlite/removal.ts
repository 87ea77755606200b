import type { EventType } from '../../domain/event.js';
import { scopeHash, scopeOf } from '../port/cursor.js';
import { conversationIds, findConversation, numberOf, removeUnused } from './conversations.js';
import type { Driver } from './driver.js';
import { recordErasure } from './erasures.js';
import { keepIdentities, settleWaitingRows } from './identity-retention.js';
import type { EventIdentity } from './known-identities.js';
import type { OperationResult, Slice, OperationInput, MetadataTable } from './worker-protocol.js';
import { rebuildInboxRow, removeEmptyFromInbox, removeFromInbox } from './inbox-table.js';
import { updateSummaries } from './inbox-summaries.js';
import { foldIntoSummaries } from './interaction-metrics-table.js';
import { eraseOutcomes } from './idempotency-table.js';
import { advanceLowWatermark } from './low-watermarks.js';
import { eraseDeadLetters } from './sink-letters-table.js';
import { runSlice } from './run-slices.js';

/** Pages released between two checks of the time. */
const PAGES_FREED = 20;

/** Removes events received before then, oldest first; the identities of their messages stay, packed. */
export function expireEvents(driver: Driver, { receivedBefore, now }: OperationInput<'expireEvents'>): Slice {
  return runSlice((limit) => {
    const removed = driver.rows(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE received < ? ORDER BY received LIMIT ?)
       RETURNING seq, id, conversation, type, json, digest, occurred, identity, client_message_id AS clientMessageId`,
      receivedBefore,
      limit,
    ) as ExpiredEvent[];
    const byConversation = new Map<number | null, ExpiredEvent[]>();
    for (const event of removed) byConversation.set(event.conversation, [...(byConversation.get(event.conversation) ?? []), event]);
    const names = conversationIds(
      driver,
      [...byConversation.keys()].filter((number) => number !== null),
    );
    const nameOf = (number: number | null) => (number === null ? null : (names.get(number) ?? null));
    foldIntoSummaries(
      driver,
      removed.map(({ conversation, type, json }) => ({ conversation: nameOf(conversation), type, json })),
      now,
    );
    for (const [conversation, events] of byConversation) {
      const seq = Math.max(...events.map((event) => event.seq));
      const conversationId = nameOf(conversation);
      advanceLowWatermark(driver, 'all', seq);
      if (conversation === null || conversationId === null) continue;
      advanceLowWatermark(driver, scopeOf({ conversationId }), seq);
      keepIdentities(driver, conversation, events, now);
    }
    removeEmptyFromInbox(driver, names.keys());
    // What stays in the inbox has the state of all its events, also of these.
    updateSummaries(driver, [...names.keys()], byConversation);
    removeUnused(driver, names.keys());
    return removed.length;
  });
}

interface ExpiredEvent extends EventIdentity {
  readonly conversation: number | null;
  readonly type: EventType;
  readonly json: string;
}

/** Removes packed identities of messages that are older. */
export function expireIdentities(driver: Driver, { keptBefore }: OperationInput<'expireIdentities'>): Slice {
  return runSlice((limit) => {
    const removed = driver.rows(
      `DELETE FROM identities WHERE id IN (SELECT id FROM identities WHERE waiting IN (0, 1, 2) AND last < ? LIMIT ?)
       RETURNING conversation`,
      keptBefore,
      limit,
    ) as { conversation: number }[];
    removeUnused(
      driver,
      removed.map(({ conversation }) => conversation),
    );
    return removed.length;
  });
}

/** Ends the waiting of messages listed before then: no event comes for them by itself any more. */
export function settleWaiting(driver: Driver, { listedBefore }: OperationInput<'settleWaiting'>): Slice {
  return runSlice((limit) => settleWaitingRows(driver, listedBefore, limit));
}

const EXPIRE_METADATA: Readonly<Record<MetadataTable, string>> = {
  spent: 'DELETE FROM spent WHERE id IN (SELECT id FROM spent WHERE received < ? LIMIT ?)',
  sends: 'DELETE FROM sends WHERE handle IN (SELECT handle FROM sends WHERE sent < ? LIMIT ?)',
  handlings: 'DELETE FROM handlings WHERE conversation IN (SELECT conversation FROM handlings WHERE kept < ? LIMIT ?)',
  erasures: 'DELETE FROM erasures WHERE scope IN (SELECT scope FROM erasures WHERE at < ? LIMIT ?)',
  requests: 'DELETE FROM requests WHERE name IN (SELECT name FROM requests WHERE claimed < ? LIMIT ?)',
};

/**
 * Removes outdated rows of one metadata table: ids of erased events, unmatched sends, summaries of conversations whose events expired long
 * ago, requests, or times of erasures.
 */
export function expireMetadata(driver: Driver, { table, before }: OperationInput<'expireMetadata'>): Slice {
  return runSlice((limit) => driver.run(EXPIRE_METADATA[table], before, limit).changes);
}

/** Bounds of an erasure that starts now, and records its time. The conversation leaves the inbox. */
export function erasureBounds(driver: Driver, { conversationId, now }: OperationInput<'erasureBounds'>): OperationResult<'erasureBounds'> {
  recordErasure(driver, conversationId, now);
  const conversation = findConversation(driver, conversationId);
  if (conversation === null) return { lastEvent: 0, lastIdentity: 0 };
  removeFromInbox(driver, conversation);
  const [bounds] = driver.rows(
    `SELECT coalesce((SELECT max(seq) FROM events WHERE conversation = ?1), 0) AS lastEvent,
            coalesce((SELECT max(id) FROM identities WHERE conversation = ?1), 0) AS lastIdentity`,
    conversation,
  ) as OperationResult<'erasureBounds'>[];
  return { lastEvent: bounds?.lastEvent ?? 0, lastIdentity: bounds?.lastIdentity ?? 0 };
}

/**
 * Removes a conversation's events, oldest first; their ids stay known as used. Its own cursors before them expire; those of all conversations do not: who follows these has lost nothing
 * that it may have.
 */
export function eraseEvents(driver: Driver, { conversationId, upTo }: OperationInput<'eraseEvents'>): Slice {
  const scope = { conversationId };
  return runSlice((limit) => {
    const removed = driver.rows(
      `DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE conversation = ${numberOf('?')} AND seq <= ? ORDER BY seq LIMIT ?) RETURNING seq, id, received`,
      conversationId,
      upTo,
      limit,
    ) as { seq: number; id: string; received: number }[];
    for (const { seq, id, received } of removed) {
      driver.run('INSERT INTO spent (id, scope, seq, received) VALUES (?, ?, ?, ?)', id, scopeHash(scope), seq, received);
      advanceLowWatermark(driver, scope, seq);
    }
    return removed.length;
  });
}

/** Removes the message identities of a conversation. */
export function eraseIdentities(driver: Driver, { conversationId, upTo }: OperationInput<'eraseIdentities'>): Slice {
  return runSlice(
    (limit) =>
      driver.run(
        `DELETE FROM identities WHERE id IN (SELECT id FROM identities WHERE conversation = ${numberOf('?')} AND id <= ? LIMIT ?)`,
        conversationId,
        upTo,
        limit,
      ).changes,
  );
}

/** Removes the remaining metadata of a conversation. If events were stored meanwhile, it is in the inbox with these. */
export function eraseMetadata(driver: Driver, { conversationId }: OperationInput<'eraseMetadata'>): null {
  driver.run('DELETE FROM sends WHERE conversation = ?', conversationId);
  driver.run('DELETE FROM handlings WHERE conversation = ?', conversationId);
  eraseOutcomes(driver, conversationId);
  eraseDeadLetters(driver, conversationId);
  const conversation = findConversation(driver, conversationId);
  if (conversation === null) return null;
  rebuildInboxRow(driver, conversation);
  removeUnused(driver, [conversation]);
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
