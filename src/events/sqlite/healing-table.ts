import type { Driver } from './driver.js';
import type { OperationInput, OperationResult } from './worker-protocol.js';

interface Row {
  readonly alive: number;
  readonly gapFrom: number | null;
  readonly gapTo: number | null;
}

/** See `HealingMarks.beat`. */
export function beat(driver: Driver, { now, lastEventAt, gapMs }: OperationInput<'beat'>): OperationResult<'beat'> {
  const [row] = driver.rows('SELECT alive, gap_from AS gapFrom, gap_to AS gapTo FROM healing') as Row[];
  const last = Math.max(row?.alive ?? 0, lastEventAt ?? 0);
  const isGap = last > 0 && now - last > gapMs;
  const from = row?.gapFrom ?? (isGap ? last : null);
  const to = isGap ? now : (row?.gapTo ?? null);
  driver.run('INSERT OR REPLACE INTO healing (id, alive, gap_from, gap_to) VALUES (1, ?, ?, ?)', Math.max(now, row?.alive ?? 0), from, to);
  return from === null || to === null ? null : { from, to };
}

/** See `HealingMarks.settle`. */
export function settleGap(driver: Driver, { to }: OperationInput<'settleGap'>): null {
  driver.run('UPDATE healing SET gap_from = NULL, gap_to = NULL WHERE gap_to = ?', to);
  return null;
}
