import { join } from 'node:path';
import type { Clock } from '../../domain/clock.js';
import type { EventLog } from '../port/event-log.js';
import { HoldServer } from './backup/hold-server.js';
import { SqliteEventLog } from './sqlite-event-log.js';
import { randomEpoch } from './new-epoch.js';
import { StoreClient } from './store-client.js';
import { startStoreWorker } from './start-worker.js';

export interface SqliteLogOptions {
  /** Holds `events.db`; made, for its owner only, where it is not there. */
  readonly directory: string;
  readonly clock: Clock;
  /** How many live events may wait for one subscriber. Default 1,024. */
  readonly queueLimit?: number;
  /** The file may not outgrow this; appends are refused until expiry has made room. Default: as far as the disk reaches. */
  readonly maxBytes?: number;
  /** Makes the epoch of a new log: letters, digits, `-` and `_`; never the same twice. Default: 72 random bits. */
  readonly newEpoch?: () => string;
}

/** The file of the event log in a directory. */
export const logFile = (directory: string): string => join(directory, 'events.db');

/**
 * Opens the event log in a directory, or makes it. Only one process can have it open. Rejects with `LogUnavailableError`, whose message is for operators, when
 * another has, when the file is none of ours or of a newer format, and when it cannot be written.
 */
export async function openSqliteLog(options: SqliteLogOptions): Promise<EventLog> {
  const { directory, clock, queueLimit = 1_024, maxBytes = null, newEpoch = randomEpoch } = options;
  const settings = { file: logFile(directory), newEpoch: newEpoch(), maxBytes };
  const { store, opened } = await StoreClient.open(startStoreWorker(settings), clock);
  const holds = await HoldServer.open(settings.file, store);
  return new SqliteEventLog({ store, opened, clock, queueLimit, holds });
}
