import { IDEMPOTENCY_TTL_MS } from '../port/idempotency-store.js';
import type { Claim } from '../port/idempotency-store.js';
import type { Driver } from './driver.js';
import type { OperationInput } from './worker-protocol.js';

/** Claims an unknown request; returns what is recorded of a known one. */
export function claimRequest(driver: Driver, { name, input, now }: OperationInput<'claimRequest'>): Claim {
  const [known] = driver.rows('SELECT input, outcome FROM requests WHERE name = ? AND claimed > ?', name, now - IDEMPOTENCY_TTL_MS) as {
    input: string;
    outcome: string | null;
  }[];
  if (known === undefined) {
    driver.run('INSERT OR REPLACE INTO requests (name, input, claimed) VALUES (?, ?, ?)', name, input, now);
    return 'claimed';
  }
  if (known.input !== input) return 'other-input';
  return known.outcome === null ? 'unknown' : { outcome: known.outcome };
}

/** See `IdempotencyStore.settle`. */
export function settleRequest(driver: Driver, { name, outcome, conversationId }: OperationInput<'settleRequest'>): null {
  driver.run('UPDATE requests SET outcome = ?, conversation = ? WHERE name = ?', outcome, conversationId, name);
  return null;
}

/** See `IdempotencyStore.release`. */
export function releaseRequest(driver: Driver, { name }: OperationInput<'releaseRequest'>): null {
  driver.run('DELETE FROM requests WHERE name = ?', name);
  return null;
}

/** Erases outcomes; that the requests were executed stays recorded. */
export function eraseOutcomes(driver: Driver, conversationId: string): void {
  driver.run('UPDATE requests SET outcome = NULL, conversation = NULL WHERE conversation = ?', conversationId);
}
