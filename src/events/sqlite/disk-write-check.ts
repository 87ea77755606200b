import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

const PROBE_BYTES = 65_536;

/** Takes some space, or gives it back. Only a write that needs space shows whether a full disk has room again. */
export function probe(driver: Driver, { fill }: OperationInput<'probe'>): null {
  driver.run('DELETE FROM probe');
  if (fill) driver.run('INSERT INTO probe (id, filler) VALUES (1, zeroblob(?))', PROBE_BYTES);
  return null;
}
