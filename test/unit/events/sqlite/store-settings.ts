import { join } from 'node:path';
import { DEFAULT_RETRY_HORIZON_MS } from '../../../../src/domain/identity-retention.js';
import type { StoreSettings } from '../../../../src/events/sqlite/worker-protocol.js';

/** Of a new store in this directory. */
export const storeSettings = (directory: string): StoreSettings => ({
  file: join(directory, 'events.db'),
  newEpoch: 'epoch',
  maxBytes: null,
  now: 0,
  retryHorizonMs: DEFAULT_RETRY_HORIZON_MS,
});
