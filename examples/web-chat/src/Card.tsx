import type { ChatMessage } from 'chat-graphql-gateway-client';
import { useEnvironment } from './environment';

export type CardContent = ChatMessage['cards'][number];

export const isQuickReplies = ({ contentType }: CardContent): boolean => contentType === 'application/8x8.quick.replies';

/** What a message has besides text and files: a readable line for what this chat cannot render. */
export function Card({ card }: { readonly card: CardContent; readonly message: ChatMessage }) {
  const { texts } = useEnvironment();
  return (
    <p className="card" dir="auto">
      {fallbackText(card.content) ?? texts.cardFallback}
    </p>
  );
}

/** The text that the card's author has written for such a case. */
function fallbackText(content: unknown): string | null {
  const { fallbackText: fallback, speak } = (content ?? {}) as { readonly fallbackText?: unknown; readonly speak?: unknown };
  return [fallback, speak].find((text): text is string => typeof text === 'string' && text !== '') ?? null;
}

/** Suggested replies of the newest message: choosing one sends its title. */
export function QuickReplies({ message, onChosen }: { readonly message: ChatMessage; readonly onChosen: (text: string) => void }) {
  const { texts } = useEnvironment();
  const options = message.cards.filter(isQuickReplies).flatMap(({ content }) => titlesIn(content));
  if (options.length === 0) return null;
  return (
    <div className="replies" role="group" aria-label={texts.suggestedAnswers}>
      {options.map((title, index) => (
        <button key={index} dir="auto" onClick={() => onChosen(title)}>
          {title}
        </button>
      ))}
    </div>
  );
}

/** A card's content may be anything. */
function titlesIn(content: unknown): string[] {
  const { options } = (content ?? {}) as { readonly options?: unknown };
  if (!Array.isArray(options)) return [];
  return options
    .map((option) => (option as { title?: unknown } | null)?.title)
    .filter((title): title is string => typeof title === 'string');
}
