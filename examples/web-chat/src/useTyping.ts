import { useApolloClient } from '@apollo/client/react';
import { SendTypingDocument } from 'chat-graphql-gateway-client/documents';
import { useCallback, useRef } from 'react';
import { useCapability } from './useCapability';

/** The agent's side shows it for about so long. */
const AGAIN_AFTER_MS = 5_000;

/** To be called at each stroke; tells the agent now and then that the customer is typing, where the contact centre can show it. */
export function useTyping(conversationId: string): () => void {
  const apollo = useApolloClient();
  const canTell = useCapability('TYPING');
  const toldAt = useRef(-Infinity);
  return useCallback(() => {
    if (!canTell || performance.now() - toldAt.current < AGAIN_AFTER_MS) return;
    toldAt.current = performance.now();
    // Nothing depends on it.
    apollo.mutate({ mutation: SendTypingDocument, variables: { input: { conversationId, sendAs: 'CUSTOMER' } } }).catch(() => undefined);
  }, [apollo, canTell, conversationId]);
}
