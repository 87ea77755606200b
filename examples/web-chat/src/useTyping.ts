import { useApolloClient } from '@apollo/client/react';
import { SendTypingDocument } from 'chat-graphql-gateway-client/documents';
import { useCallback, useRef } from 'react';
import { useCapability } from './useCapability';

/** The agent's side shows typing for about so long. */
const AGAIN_AFTER_MS = 5_000;

/** Call at each keystroke: reports at intervals that the customer is typing, if the contact centre supports it. */
export function useTyping(conversationId: string): () => void {
  const apollo = useApolloClient();
  const isSupported = useCapability('TYPING');
  const sentAt = useRef(-Infinity);
  return useCallback(() => {
    if (!isSupported || performance.now() - sentAt.current < AGAIN_AFTER_MS) return;
    sentAt.current = performance.now();
    // Best effort.
    apollo.mutate({ mutation: SendTypingDocument, variables: { input: { conversationId, sendAs: 'CUSTOMER' } } }).catch(() => undefined);
  }, [apollo, isSupported, conversationId]);
}
