import { useMemo, useSyncExternalStore } from 'react';
import type { ConversationOptions, ConversationStore } from '../conversation/conversation-store.js';
import type { ConversationView } from '../conversation/conversation-view.js';
import { conversationStore } from '../conversation/store-registry.js';
import { useConversationSource } from './provider.js';

/** What `useConversation` returns: the conversation as it is now, and what can be done with it. The functions stay the same for as long as the id does. */
export interface ConversationHandle
  extends
    ConversationView,
    Pick<
      ConversationStore,
      'send' | 'sendAgain' | 'discard' | 'loadOlder' | 'loadNewer' | 'jumpTo' | 'markRead' | 'notifyTyping' | 'leave'
    > {}

/**
 * A conversation, kept up to date while a component shows it; all components with the same id share one subscription. With another `id` it is another conversation from
 * the first render on. On a server it is `loading`.
 *
 * @param options only the first component's options of an id count
 * @throws Error outside of a `ConversationProvider`
 */
export function useConversation(id: string, options?: ConversationOptions): ConversationHandle {
  const source = useConversationSource();
  const as = options?.as;
  // Not by the identity of `options`, which most callers create in each render.
  const store = useMemo(() => conversationStore(source, id, options), [source, id, as]);
  const view = useSyncExternalStore(store.subscribe, store.view, store.initialView);
  return useMemo(() => ({ ...view, ...actionsOf(store) }), [view, store]);
}

function actionsOf({ send, sendAgain, discard, loadOlder, loadNewer, jumpTo, markRead, notifyTyping, leave }: ConversationStore) {
  return { send, sendAgain, discard, loadOlder, loadNewer, jumpTo, markRead, notifyTyping, leave };
}
