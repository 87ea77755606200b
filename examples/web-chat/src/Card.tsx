import type { ChatMessage } from 'chat-graphql-gateway-client';
import { useContext } from 'react';
import { CardView } from './cards/CardView';
import { isQuickReplies, quickRepliesOf, replyFor } from './cards/content';
import type { CardContent, Reply } from './cards/content';
import { CardConversation, useCardActions } from './cards/useCardActions';
import { useEnvironment } from './environment';

export { isQuickReplies };

/** What a message has besides text and files. The customer's own cannot be used. */
export function Card({ card, message }: { readonly card: CardContent; readonly message: ChatMessage }) {
  const { texts } = useEnvironment();
  const use = useCardActions(message, card);
  return <CardView card={card} onAction={message.author.type === 'CUSTOMER' ? null : use} unreadable={texts.cardFallback} />;
}

/** Suggested replies of the newest message. */
export function QuickReplies({ message, onChosen }: { readonly message: ChatMessage; readonly onChosen: (reply: Reply) => void }) {
  const { texts } = useEnvironment();
  const canSendCards = useContext(CardConversation)?.capabilities.includes('CARDS') ?? false;
  const replies = message.cards.filter(isQuickReplies).flatMap(quickRepliesOf);
  if (replies.length === 0) return null;
  return (
    <div className="replies" role="group" aria-label={texts.suggestedAnswers}>
      {replies.map((reply, index) => (
        // Titles may be equal.
        <button key={index} dir="auto" onClick={() => onChosen(replyFor(reply, canSendCards))}>
          {reply.title}
        </button>
      ))}
    </div>
  );
}
