import { ECHO_WINDOW_MS } from '../../domain/message-matching.js';
import { IDEMPOTENCY_TTL_MS } from '../port/idempotency-store.js';
import { runSlices } from './run-slices.js';
import type { StoreClient } from './store-client.js';

type Store = Pick<StoreClient, 'ask' | 'askInBackground'>;

/**
 * Message identities are retained ten times as long as events, so that a client that returns late finds messages under the ids it knows.
 * After that, a message still listed by the history gets a new identity.
 */
const IDENTITY_RETENTIONS = 10;

/** Removes events received before `olderThan`, and metadata that is no longer needed, slice by slice. Returns how many events. */
export async function expireEvents(store: Store, olderThan: Date, now: number, retryHorizonMs: number): Promise<number> {
  const receivedBefore = olderThan.getTime();
  const keptBefore = now - IDENTITY_RETENTIONS * (now - receivedBefore);
  const metadata = [
    { table: 'spent', before: receivedBefore },
    { table: 'erasures', before: receivedBefore },
    { table: 'sends', before: now - ECHO_WINDOW_MS },
    { table: 'handlings', before: keptBefore },
    { table: 'requests', before: now - IDEMPOTENCY_TTL_MS + 1 },
  ] as const;
  const removed = await runSlices(() => store.askInBackground('expireEvents', { receivedBefore, now }));
  await runSlices(() => store.askInBackground('settleWaiting', { listedBefore: now - retryHorizonMs }));
  await runSlices(() => store.askInBackground('expireIdentities', { keptBefore }));
  for (const table of metadata) await runSlices(() => store.askInBackground('expireMetadata', table));
  await releaseFreePages(store);
  return removed;
}

/**
 * Removes what is stored of a conversation, slice by slice; what is stored meanwhile stays. Returns how many events. If interrupted, part
 * of it is removed, and a retry removes the rest.
 */
export async function eraseConversation(store: Store, conversationId: string, now: number): Promise<number> {
  const { lastEvent, lastIdentity } = await store.ask('erasureBounds', { conversationId, now });
  const removed = await runSlices(() => store.askInBackground('eraseEvents', { conversationId, upTo: lastEvent }));
  await runSlices(() => store.askInBackground('eraseIdentities', { conversationId, upTo: lastIdentity }));
  await store.ask('eraseMetadata', { conversationId });
  await releaseFreePages(store);
  return removed;
}

/** Returns free pages to the file system. */
async function releaseFreePages(store: Store): Promise<void> {
  await runSlices(() => store.askInBackground('releaseFreePages', {}));
}
