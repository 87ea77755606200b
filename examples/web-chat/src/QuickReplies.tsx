import type { ChatMessage } from './useConversation';

interface Option {
  readonly title: string;
}

/** Suggested replies of a message: choosing one sends its title. */
export function QuickReplies({ message, onChosen }: { message: ChatMessage; onChosen: (text: string) => void }) {
  const options = message.cards
    .filter(({ contentType }) => contentType === 'application/8x8.quick.replies')
    .flatMap(({ content }) => optionsOf(content));
  if (options.length === 0) return null;
  return (
    <div className="replies" role="group" aria-label="Suggested answers">
      {options.map(({ title }) => (
        <button key={title} onClick={() => onChosen(title)}>
          {title}
        </button>
      ))}
    </div>
  );
}

/** A card's content may be anything. */
function optionsOf(content: unknown): Option[] {
  const { options } = (content ?? {}) as { readonly options?: unknown };
  return Array.isArray(options) ? options.filter((option): option is Option => typeof (option as Option | null)?.title === 'string') : [];
}
