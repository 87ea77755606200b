import { ConversationStore } from './conversation-store.js';
import type { ConversationOptions } from './conversation-store.js';
import type { ConversationSource } from './source.js';

/** Weak, since nothing says when the last user of a store has left: a store in use is held by its users and by its subscription. */
const stores = new WeakMap<ConversationSource, Map<string, WeakRef<ConversationStore>>>();

/** The store of a conversation: the same one for all its users, so that they share one subscription and one outbox. The first one's options count. */
export function conversationStore(source: ConversationSource, id: string, options: ConversationOptions = {}): ConversationStore {
  const ofSource = stores.get(source) ?? new Map<string, WeakRef<ConversationStore>>();
  stores.set(source, ofSource);
  const key = `${options.as ?? 'CUSTOMER'} ${id}`;
  const known = ofSource.get(key)?.deref();
  if (known !== undefined) return known;
  for (const [unused, store] of ofSource) if (store.deref() === undefined) ofSource.delete(unused);
  const store = new ConversationStore(id, source, options);
  ofSource.set(key, new WeakRef(store));
  return store;
}
