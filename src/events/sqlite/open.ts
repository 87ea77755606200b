import { join } from 'node:path';
import type { Clock } from '../../domain/clock.js';
import type { EventLog } from '../port/event-log.js';
import { HoldServer } from './backup/hold-server.js';
import { createSqliteEventLog } from './create-sqlite-event-log.js';
import { randomEpoch } from './new-epoch.js';
import { StoreClient } from './store-client.js';
import { startStoreWorker } from './start-worker.js';

export interface SqliteLogOptions {
  /** Directory of `events.db`; created, readable by its owner only, if missing. */
  readonly directory: string;
  readonly clock: Clock;
  /** How many live events may be queued for one subscriber. Default 1,024. */
  readonly queueLimit?: number;
  /** Maximum file size; appends are rejected until retention has made room. Default: the size of the disk. */
  readonly maxBytes?: number;
  /** Creates the epoch of a new log: letters, digits, `-` and `_`, unique. Default: 72 random bits. */
  readonly newEpoch?: () => string;
}

/** The event log's file in a directory. */
export const logFile = (directory: string): string => join(directory, 'events.db');

/**
 * Opens the event log in a directory, or creates it. Only one process can have it open. Rejects with `LogUnavailableError`, whose message
 * is for operators, if another process has it open, if the file is no event log or of a newer format, or if it cannot be written.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const { directory, clock, queueLimit = 1_024, maxBytes = null, newEpoch = randomEpoch } = options;
  const settings = { file: logFile(directory), newEpoch: newEpoch(), maxBytes };
  const { store, opened } = await StoreClient.open(startStoreWorker(settings), clock);
  const holds = await HoldServer.open(settings.file, store);
  return createSqliteEventLog({ store, opened, clock, queueLimit, holds });
}
