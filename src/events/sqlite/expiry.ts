import { ECHO_WINDOW_MS } from '../../domain/message-matching.js';
import { IDEMPOTENCY_TTL_MS } from '../port/idempotency-store.js';
import { sliceBySlice } from './slice.js';
import type { StoreClient } from './store-client.js';

type Asked = Pick<StoreClient, 'ask' | 'askInBackground'>;

/**
 * Names are kept ten times as long as events, counted from when they were given: so a client that comes back after long finds messages under the keys
 * that it knows. After that a message that history still lists gets a key from history.
 */
const IDENTITY_RETENTIONS = 10;

/** Removes events received before `olderThan`, and what is remembered beside them and of no use any more, slice by slice. Returns how many events. */
export async function expireFrom(store: Asked, olderThan: Date, now: number): Promise<number> {
  const receivedBefore = olderThan.getTime();
  const givenBefore = now - IDENTITY_RETENTIONS * (now - receivedBefore);
  const traces = [
    { trace: 'spent', before: receivedBefore },
    { trace: 'sends', before: now - ECHO_WINDOW_MS },
    { trace: 'handlings', before: givenBefore },
    { trace: 'requests', before: now - IDEMPOTENCY_TTL_MS + 1 },
  ] as const;
  const removed = await sliceBySlice(() => store.askInBackground('expireEvents', { receivedBefore, now }));
  await sliceBySlice(() => store.askInBackground('expireNames', { givenBefore }));
  for (const trace of traces) await sliceBySlice(() => store.askInBackground('expireTraces', trace));
  await releaseFreePages(store);
  return removed;
}

/**
 * Removes what is stored of a conversation, slice by slice; what is stored of it meanwhile stays. Returns how many events. Where it is interrupted, a part is gone, and
 * asking again removes the rest.
 */
export async function eraseFrom(store: Asked, conversationId: string): Promise<number> {
  const { lastEvent, lastName } = await store.ask('erasureBounds', { conversationId });
  const removed = await sliceBySlice(() => store.askInBackground('eraseEvents', { conversationId, upTo: lastEvent }));
  await sliceBySlice(() => store.askInBackground('eraseNames', { conversationId, upTo: lastName }));
  await store.ask('eraseTraces', { conversationId });
  await releaseFreePages(store);
  return removed;
}

/** Gives the file system back what nothing is stored in any more. */
async function releaseFreePages(store: Asked): Promise<void> {
  await sliceBySlice(() => store.askInBackground('releaseFreePages', {}));
}
