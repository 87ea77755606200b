import { CursorExpiredError } from '../../domain/errors.js';
import { EventIdReusedError } from '../port/errors.js';
import { sqliteCode } from './driver.js';
import type { Driver } from './driver.js';
import { activeSince, appendEvent, readPage } from './event-table.js';
import { erasedAt } from './erasures.js';
import { decideHealing, healMessages } from './heal-messages.js';
import { discardActivity, flushActivity } from './inbox-activity.js';
import { inboxPage, inboxRows } from './inbox-queries.js';
import { keepSummaries } from './inbox-summaries.js';
import { storeMarker } from './inbox-table.js';
import { interactionMetrics } from './interaction-metrics-table.js';
import { findByIdentity, eventsMissingFromHistory } from './message-identity-queries.js';
import { identifyListedMessages } from './message-identity-table.js';
import { registerPendingSend, cancelPendingSend } from './pending-sends.js';
import type { ErrorKind, OperationResult, OperationName, Reply, Request, OperationInput } from './worker-protocol.js';
import { beat, settleGap } from './healing-table.js';
import { probeDisk } from './disk-write-check.js';
import { holdCheckpoints } from './checkpoints.js';
import { claimRequest, releaseRequest, settleRequest } from './idempotency-table.js';
import { reportUnknownChannels } from './sink-channels-table.js';
import { addDeadLetter, deadLetters, removeDeadLetters, requestRetry } from './sink-letters-table.js';
import { reportReceiver } from './sink-receivers-table.js';
import { advanceShards, disableSink, leaseShards, leaveSink, sinkStates } from './sink-shards-table.js';
import {
  eraseEvents,
  eraseIdentities,
  eraseMetadata,
  erasureBounds,
  expireEvents,
  expireIdentities,
  expireMetadata,
  releaseFreePages,
  settleWaiting,
} from './removal.js';

const operations: { readonly [K in OperationName]: (driver: Driver, input: OperationInput<K>) => OperationResult<K> } = {
  append: appendEvent,
  decideHealing,
  heal: healMessages,
  erasedAt,
  readPage: readPage,
  activeSince,
  registerPendingSend,
  cancelPendingSend,
  identifyListedMessages,
  findByIdentity,
  eventsMissingFromHistory,
  claimRequest,
  settleRequest,
  releaseRequest,
  beat,
  settleGap,
  interactionMetrics,
  inboxPage,
  inboxRows,
  keepSummaries,
  storeMarker,
  expireEvents,
  settleWaiting,
  expireIdentities,
  expireMetadata,
  erasureBounds,
  eraseEvents,
  eraseIdentities,
  eraseMetadata,
  releaseFreePages,
  leaseShards,
  advanceShards,
  reportReceiver,
  reportUnknownChannels,
  leaveSink,
  disableSink,
  addDeadLetter,
  deadLetters,
  requestRetry,
  removeDeadLetters,
  sinkStates,
  holdCheckpoints,
  ping: () => null,
  probeDisk,
};

/** Operations that only read. */
const READS: ReadonlySet<OperationName> = new Set([
  'readPage',
  'activeSince',
  'findByIdentity',
  'eventsMissingFromHistory',
  'interactionMetrics',
  'erasedAt',
  'decideHealing',
  'inboxPage',
  'inboxRows',
  'sinkStates',
  'ping',
]);

/**
 * Runs requests in order in one transaction, so with at most one sync to disk (none if nothing is written), and replies to each. If the
 * database fails on one, all are rolled back and each runs in a transaction of its own, so that only that one fails; not if the disk
 * itself fails.
 *
 * If nothing was written but what may be lost, the transaction stays open (`driver.inTransaction`), and the next batch is part of it: call `commitLosable` soon.
 */
export function runBatch(driver: Driver, batch: readonly Request[]): Reply[] {
  try {
    const isOpen = driver.inTransaction;
    if (!isOpen) driver.exec('BEGIN');
    const replies = batch.map((request) => answer(driver, request));
    flushActivity(driver);
    if (!isLosable(batch, replies, isOpen)) driver.exec('COMMIT');
    return replies;
  } catch (error) {
    rollBack(driver);
    if (batch.length > 1 && !isStorageError(error)) return batch.flatMap((request) => runBatch(driver, [request]));
    const message = error instanceof Error ? error.message : String(error);
    return batch.map(() => ({ ok: false, kind: 'UNAVAILABLE', message }));
  }
}

/** Commits what `runBatch` has left open. What the disk does not accept is lost. */
export function commitLosable(driver: Driver): void {
  if (!driver.inTransaction) return;
  try {
    driver.exec('COMMIT');
  } catch {
    rollBack(driver);
  }
}

/** Some errors, such as a full disk, have rolled back already. */
function rollBack(driver: Driver): void {
  discardActivity(driver);
  if (driver.inTransaction) driver.exec('ROLLBACK');
}

/** Whether all that the transaction has written may be lost, and it has written something. `isOpen`: whether earlier batches have. */
function isLosable(batch: readonly Request[], replies: readonly Reply[], isOpen: boolean): boolean {
  const effects = batch.map(({ name }, index) => (READS.has(name) ? 'NONE' : effectOf(name, replies[index])));
  return !effects.includes('DURABLE') && (isOpen || effects.includes('LOSABLE'));
}

function effectOf(name: OperationName, reply: Reply | undefined): 'NONE' | 'LOSABLE' | 'DURABLE' {
  if (name === 'keepSummaries' && reply?.ok === true) return reply.result === true ? 'LOSABLE' : 'NONE';
  if (name !== 'identifyListedMessages' || reply?.ok !== true) return 'DURABLE';
  const { isChanged, mayBeLost } = reply.result as OperationResult<'identifyListedMessages'>;
  if (!mayBeLost) return 'DURABLE';
  return isChanged ? 'LOSABLE' : 'NONE';
}

function answer(driver: Driver, request: Request): Reply {
  try {
    return { ok: true, result: operate(driver, request) };
  } catch (error) {
    // A rejection precedes any write: the rest of the batch may proceed.
    const kind = errorKindOf(error);
    if (kind === null || !(error instanceof Error)) throw error;
    return { ok: false, kind, message: error.message };
  }
}

function operate<K extends OperationName>(driver: Driver, { name, input }: Request<K>): OperationResult<K> {
  // Whatever else is asked may read the inbox, or remove events that are not in it yet.
  if (name !== 'append') flushActivity(driver);
  return operations[name](driver, input);
}

function errorKindOf(error: unknown): ErrorKind | null {
  if (error instanceof EventIdReusedError) return 'EVENT_ID_REUSED';
  return error instanceof CursorExpiredError ? 'CURSOR_EXPIRED' : null;
}

/** Whether the next request would fail the same way. */
function isStorageError(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|BUSY|NOMEM)/.test(sqliteCode(error) ?? '');
}
