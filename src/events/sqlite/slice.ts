import { setTimeout as pause } from 'node:timers/promises';
import type { Slice } from './worker-protocol.js';

/** How long one slice of background work may keep appends waiting. */
const SLICE_MS = 5;
/** Rows between two looks at the time. */
const CHUNK = 20;

/**
 * For the store's thread: repeats `chunk` until it changes fewer rows than its limit, or until the time of one slice is over.
 * @param chunk changes at most `limit` rows; returns how many
 */
export function slice(chunk: (limit: number) => number): Slice {
  const until = performance.now() + SLICE_MS;
  let changed = 0;
  for (;;) {
    const count = chunk(CHUNK);
    changed += count;
    if (count < CHUNK) return { changed, done: true };
    if (performance.now() >= until) return { changed, done: false };
  }
}

/**
 * Repeats a slice until nothing is left to do. Pauses for as long as each took, so that at least half of the store's time is left to appends and reads. Returns how many
 * rows were changed.
 */
export async function sliceBySlice(next: () => Promise<Slice>): Promise<number> {
  let changed = 0;
  for (;;) {
    const began = performance.now();
    const done = await next();
    changed += done.changed;
    if (done.done) return changed;
    await pause(performance.now() - began);
  }
}
