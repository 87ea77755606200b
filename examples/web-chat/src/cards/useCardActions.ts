import type { ChatMessage, ConversationSource } from 'chat-graphql-gateway-client';
import { ExecuteCardDocument, MessagesDocument, SubmitCardDocument } from 'chat-graphql-gateway-client/documents';
import type { ConversationHandle } from 'chat-graphql-gateway-client/react';
import { createContext, useContext, useState } from 'react';
import { useEnvironment } from '../environment';
import type { CardContent } from './content';
import type { CardAction } from './render-adaptive';

/** What was used in this page: a component is gone when its message is scrolled away. */
const used = new Set<string>();

/** The conversation whose cards are shown. */
export const CardConversation = createContext<Pick<ConversationHandle, 'id' | 'send' | 'capabilities'> | null>(null);

/**
 * What happens when a card is used: the customer sends what was entered and chosen, for people and bots to read, and the use is reported to the contact centre, if it
 * has a call for that. That call carries no input. Null once the card was used.
 */
export function useCardActions(message: ChatMessage, card: CardContent): ((action: CardAction) => void) | null {
  const conversation = useContext(CardConversation);
  const { source } = useEnvironment();
  const key = `${message.id} ${message.cards.indexOf(card)}`;
  const [isUsed, setIsUsed] = useState(used.has(key));
  if (conversation === null || isUsed || card.submitted || card.executed) return null;
  return (action) => {
    used.add(key);
    setIsUsed(true);
    conversation.send({ text: textOf(action) });
    // The message says the same: no need to trouble anybody if this fails.
    if (conversation.capabilities.includes('CARDS')) void report(source, conversation.id, { message, card, action }).catch(() => undefined);
  };
}

/** A line for each field, or the button's title. */
export function textOf({ title, entered }: CardAction): string {
  const lines = entered.map(({ label, value }) => (label === '' ? value : `${label}: ${value}`));
  return (lines.length === 0 ? [title] : lines).join('\n').trim() || '✓';
}

async function report(
  source: ConversationSource,
  conversationId: string,
  { message, card, action }: { readonly message: ChatMessage; readonly card: CardContent; readonly action: CardAction },
): Promise<void> {
  const cardId = card.cardId ?? (await findId(source, conversationId, message, message.cards.indexOf(card)));
  if (cardId === null) return;
  const input = { conversationId, cardId, ...(action.title === '' ? {} : { name: action.title }) };
  if (action.kind === 'submit') await source.request(SubmitCardDocument, { input });
  else await source.request(ExecuteCardDocument, { input });
}

/** Cards have no id in events, but in the history. */
async function findId(source: ConversationSource, id: string, message: ChatMessage, index: number): Promise<string | null> {
  const { conversation } = await source.request(MessagesDocument, { id, last: 50 });
  return conversation?.messages?.nodes.find((one) => one.id === message.id)?.cards[index]?.cardId ?? null;
}
