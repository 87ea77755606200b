import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

const PROBE_BYTES = 65_536;

/** Occupies some space, or releases it. Only a write that allocates space shows whether a full disk has room again. */
export function probeDisk(driver: Driver, { fill }: OperationInput<'probeDisk'>): null {
  driver.run('DELETE FROM probe');
  if (fill) driver.run('INSERT INTO probe (id, filler) VALUES (1, zeroblob(?))', PROBE_BYTES);
  return null;
}
