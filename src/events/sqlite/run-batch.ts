import { CursorExpiredError } from '../../domain/errors.js';
import { EventIdReusedError } from '../port/errors.js';
import { sqliteCode } from './driver.js';
import type { Driver } from './driver.js';
import { activeSince, appendEvent, eventPage } from './event-table.js';
import { handling } from './interaction-metrics-table.js';
import { named, unlisted } from './message-identity-queries.js';
import { expectEcho, forgetSend, identifyListedMessages } from './message-identity-table.js';
import type { ErrorKind, OperationResult, OperationName, Reply, Request, OperationInput } from './worker-protocol.js';
import { probe } from './disk-write-check.js';
import { holdCheckpoints } from './checkpoints.js';
import { claimRequest, releaseRequest, settleRequest } from './idempotency-table.js';
import {
  eraseEvents,
  eraseNames,
  eraseTraces,
  erasureBounds,
  expireEvents,
  expireNames,
  expireMetadata,
  releaseFreePages,
} from './removal.js';

const operations: { readonly [K in OperationName]: (driver: Driver, input: OperationInput<K>) => OperationResult<K> } = {
  append: appendEvent,
  page: eventPage,
  activeSince,
  expectEcho,
  echoRefused: forgetSend,
  nameListed: identifyListedMessages,
  named,
  unlisted,
  claimRequest,
  settleRequest,
  releaseRequest,
  handling,
  expireEvents,
  expireNames,
  expireTraces: expireMetadata,
  erasureBounds,
  eraseEvents,
  eraseNames,
  eraseTraces,
  releaseFreePages,
  holdCheckpoints,
  look: () => null,
  probe,
};

/**
 * Runs requests in their order in one transaction, so with one sync to disk at most (none where nothing is written), and answers each. When the database fails at
 * one of them, all is undone and each runs by itself, so that it fails alone; not so when the disk itself fails.
 */
export function runBatch(driver: Driver, batch: readonly Request[]): Reply[] {
  try {
    driver.exec('BEGIN');
    const replies = batch.map((request) => answer(driver, request));
    driver.exec('COMMIT');
    return replies;
  } catch (error) {
    // Some faults, a full disk for one, have rolled back already.
    if (driver.inTransaction) driver.exec('ROLLBACK');
    if (batch.length > 1 && !isStorageError(error)) return batch.flatMap((request) => runBatch(driver, [request]));
    const message = error instanceof Error ? error.message : String(error);
    return batch.map(() => ({ ok: false, kind: 'UNAVAILABLE', message }));
  }
}

function answer(driver: Driver, request: Request): Reply {
  try {
    return { ok: true, result: operate(driver, request) };
  } catch (error) {
    // A refusal comes before anything was written: the rest of the batch may go on.
    const kind = errorKindOf(error);
    if (kind === null || !(error instanceof Error)) throw error;
    return { ok: false, kind, message: error.message };
  }
}

function operate<K extends OperationName>(driver: Driver, { name, input }: Request<K>): OperationResult<K> {
  return operations[name](driver, input);
}

function errorKindOf(error: unknown): ErrorKind | null {
  if (error instanceof EventIdReusedError) return 'EVENT_ID_REUSED';
  return error instanceof CursorExpiredError ? 'CURSOR_EXPIRED' : null;
}

/** Whether the next request would meet the same fault. */
function isStorageError(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|BUSY|NOMEM)/.test(sqliteCode(error) ?? '');
}
