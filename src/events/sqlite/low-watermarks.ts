import { scopeHash } from '../port/cursor.js';
import type { Scope } from '../port/event-log.js';
import type { Driver } from './driver.js';

/** The highest position removed from a scope; 0 if none was. Retained permanently, so that a cursor never skips a gap unnoticed. */
export function lowWatermark(driver: Driver, scope: Scope): number {
  const [mark] = driver.rows('SELECT seq FROM removed WHERE scope = ?', scopeHash(scope)) as { seq: number }[];
  return mark?.seq ?? 0;
}

/** Records that events up to a position may have been removed. */
export function advanceLowWatermark(driver: Driver, scope: Scope, seq: number): void {
  driver.run(
    'INSERT INTO removed (scope, seq) VALUES (?, ?) ON CONFLICT (scope) DO UPDATE SET seq = max(seq, excluded.seq)',
    scopeHash(scope),
    seq,
  );
}
