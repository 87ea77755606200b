import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../domain/clock.js';
import type { EventLog } from '../event-log.js';
import { EmbeddedEventLog } from './embedded-event-log.js';
import { StoreClient } from './store-client.js';
import { startStoreThread } from './store-thread.js';

export interface EmbeddedLogOptions {
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

const randomEpoch = () => randomBytes(9).toString('base64url');

/**
 * Opens the event log in a directory, or makes it. Only one process can have it open. Rejects with `LogUnavailableError`, whose message is for operators, when
 * another has, when the file is none of ours or of a newer format, and when it cannot be written.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EventLog> {
  const { directory, clock, queueLimit = 1_024, maxBytes = null, newEpoch = randomEpoch } = options;
  const settings = { file: join(directory, 'events.db'), newEpoch: newEpoch(), maxBytes };
  const { store, opened } = await StoreClient.open(startStoreThread(settings), clock);
  return new EmbeddedEventLog({ store, opened, clock, queueLimit });
}
