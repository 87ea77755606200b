import { scopeHash } from '../port/cursor.js';
import type { Driver } from './driver.js';
import type { OperationInput, OperationResult } from './worker-protocol.js';

/**
 * When conversations were erased, so that nothing from before is healed. A conversation is stored as a hash, as in `removed`, and for as long as events are retained: older
 * messages are not healed anyway.
 */
export const ERASURES_TABLE = `
  CREATE TABLE IF NOT EXISTS erasures (scope TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS erasures_by_time ON erasures (at);
`;

/** Remembers when a conversation was erased, in epoch milliseconds; the latest time is kept. */
export function recordErasure(driver: Driver, conversationId: string, at: number): void {
  driver.run(
    'INSERT INTO erasures (scope, at) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET at = max(at, excluded.at)',
    scopeHash({ conversationId }),
    at,
  );
}

/** When a conversation was last erased; null if that is not recorded. */
export function erasedAt(driver: Driver, { conversationId }: OperationInput<'erasedAt'>): OperationResult<'erasedAt'> {
  const row = driver.row('SELECT at FROM erasures WHERE scope = ?', scopeHash({ conversationId })) as { at: number } | undefined;
  return row?.at ?? null;
}
