import type { ConversationHandle } from 'chat-graphql-gateway-client/react';
import { useEffect, useState, useSyncExternalStore } from 'react';

/**
 * Marks messages as read once the reader sees them, and remembers where those began that came while the reader was further up or looked elsewhere. That line stays until
 * the reader answers, or until more come unseen.
 */
export function useUnreadLine({ unread, pending, markRead }: Pick<ConversationHandle, 'unread' | 'pending' | 'markRead'>) {
  const isVisible = useSyncExternalStore(onVisibility, () => !document.hidden);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const [from, setFrom] = useState<string | null>(null);
  const isSeen = isVisible && isAtEnd;
  const first = unread[0];
  const answer = pending.at(-1)?.clientMessageId;

  useEffect(() => {
    if (first === undefined) return;
    if (isSeen) markRead();
    else setFrom(first);
  }, [isSeen, first, markRead]);
  useEffect(() => {
    if (answer !== undefined) setFrom(null);
  }, [answer]);

  return { from, setIsAtEnd };
}

function onVisibility(changed: () => void): () => void {
  document.addEventListener('visibilitychange', changed);
  return () => document.removeEventListener('visibilitychange', changed);
}
