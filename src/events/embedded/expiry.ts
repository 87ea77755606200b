import { ECHO_WINDOW_MS } from '../../domain/alignment.js';
import type { StoreClient } from './store-client.js';

/** Rows removed at a time, so that appends need not wait for all of it. */
const SLICE = 1_000;
/**
 * Names are kept ten times as long as events, counted from when they were given: so a client that comes back after long finds messages under the keys
 * that it knows. After that a message that history still lists gets a key from history.
 */
const NAME_RETENTIONS = 10;

/** Removes events received before `olderThan`, and what is remembered beside them and of no use any more. Returns how many events. */
export async function expireFrom(store: StoreClient, olderThan: Date, now: number): Promise<number> {
  const receivedBefore = olderThan.getTime();
  const givenBefore = now - NAME_RETENTIONS * (now - receivedBefore);
  const removed = await inSlices((limit) => store.ask('expireEvents', { receivedBefore, limit, now }));
  await inSlices((limit) => store.ask('expireNames', { givenBefore, limit }));
  await store.ask('expireTraces', { receivedBefore, sentBefore: now - ECHO_WINDOW_MS, givenBefore, now });
  return removed;
}

/** Repeats until a slice is not full; other requests come between two slices. */
async function inSlices(slice: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const removed = await slice(SLICE);
    total += removed;
    if (removed < SLICE) return total;
  }
}
