import type { DeadLetter } from './sink-store.js';

/** Restores a dead letter that the log itself has written. */
export function decodeDeadLetter(json: string): DeadLetter {
  const stored = JSON.parse(json) as Omit<DeadLetter, 'failedAt'> & { readonly failedAt: string };
  return { ...stored, failedAt: new Date(stored.failedAt) };
}
