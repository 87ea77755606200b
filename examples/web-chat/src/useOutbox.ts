import { useEffect, useSyncExternalStore } from 'react';
import { deliver } from './deliver';
import { newKey } from './newKey';
import { Outbox } from './outbox';
import type { ChatMessage } from './useConversation';

const RETRY_MS = 2_000;

/** One per conversation, whichever is shown. */
const outboxes = new Map<string, Outbox>();

function outboxOf(id: string): Outbox {
  let outbox = outboxes.get(id);
  if (outbox === undefined) {
    const later = () => new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS));
    outbox = new Outbox({ deliver: (entry) => deliver(id, entry), later, storage: sessionStorage, key: `chat.outbox.${id}`, newKey });
    outboxes.set(id, outbox);
  }
  return outbox;
}

/** The outbox of a conversation, and its entries that `messages` do not show yet. */
export function useOutbox(id: string, messages: readonly ChatMessage[]) {
  const outbox = outboxOf(id);
  const entries = useSyncExternalStore(outbox.subscribe, outbox.entries);
  const arrived = new Set(messages.map(({ clientMessageId }) => clientMessageId).filter((known) => known !== null));
  useEffect(() => outbox.arrived(arrived));
  return { outbox, pending: entries.filter(({ clientMessageId }) => !arrived.has(clientMessageId)) };
}
