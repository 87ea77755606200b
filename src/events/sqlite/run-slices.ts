import { setTimeout as pause } from 'node:timers/promises';
import type { Slice } from './worker-protocol.js';

/** How long one slice of background work may delay appends. */
const SLICE_MS = 5;
/** Rows between two checks of the time. */
const CHUNK = 20;

/**
 * Runs in the worker: repeats `changeChunk` until it changes fewer rows than its limit, or the time of one slice is over.
 * @param changeChunk changes at most `limit` rows; returns how many
 */
export function runSlice(changeChunk: (limit: number) => number): Slice {
  const until = performance.now() + SLICE_MS;
  let changed = 0;
  for (;;) {
    const count = changeChunk(CHUNK);
    changed += count;
    if (count < CHUNK) return { changed, done: true };
    if (performance.now() >= until) return { changed, done: false };
  }
}

/**
 * Repeats a slice until nothing is left to do. Pauses for as long as each took, so that at least half of the worker's time is left to
 * appends and reads. Returns how many rows were changed.
 */
export async function runSlices(next: () => Promise<Slice>): Promise<number> {
  let changed = 0;
  for (;;) {
    const began = performance.now();
    const done = await next();
    changed += done.changed;
    if (done.done) return changed;
    await pause(performance.now() - began);
  }
}
