import { useEffect, useRef, useState } from 'react';
import { isAdaptive } from './content';
import type { CardContent } from './content';
import { readable } from './readable';
import type { CardAction } from './render-adaptive';

export interface CardViewProps {
  readonly card: CardContent;
  /** Null if the card can no longer be used. */
  readonly onAction: ((action: CardAction) => void) | null;
  /** Shown if there is nothing to read in a card. */
  readonly unreadable: string;
}

/** A card of a message: rendered if it is an Adaptive Card, else in words and links. */
export function CardView({ card, onAction, unreadable }: CardViewProps) {
  const [isRendered, setIsRendered] = useState(isAdaptive(card));
  return isRendered ? (
    <AdaptiveCardView card={card} onAction={onAction} onUnreadable={() => setIsRendered(false)} />
  ) : (
    <ReadableView card={card} unreadable={unreadable} />
  );
}

/** The renderer is loaded with the first card that needs it. */
function AdaptiveCardView({
  card,
  onAction,
  onUnreadable,
}: Pick<CardViewProps, 'card' | 'onAction'> & { readonly onUnreadable: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ onAction, onUnreadable });
  useEffect(() => {
    latest.current = { onAction, onUnreadable };
  });
  // Events are new objects with the same content each time.
  const content = JSON.stringify(card.content);
  const isOpen = onAction !== null;
  const [close, setClose] = useState<(() => void) | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void import('./render-adaptive')
      .then(({ renderAdaptive }) => {
        if (!isCurrent) return;
        const rendered = renderAdaptive(JSON.parse(content), { onAction: (action) => latest.current.onAction?.(action) });
        if (rendered === null) return latest.current.onUnreadable();
        place.current?.replaceChildren(rendered.element);
        setClose(() => rendered.close);
      })
      .catch(() => {
        if (isCurrent) latest.current.onUnreadable();
      });
    return () => {
      isCurrent = false;
    };
  }, [content]);
  useEffect(() => {
    if (!isOpen) close?.();
  }, [isOpen, close]);
  return <div className="card adaptive" ref={place} />;
}

function ReadableView({ card, unreadable }: Pick<CardViewProps, 'card' | 'unreadable'>) {
  const { lines, links } = readable(card.content);
  if (lines.length === 0 && links.length === 0) return <p className="card unreadable">{unreadable}</p>;
  return (
    <div className="card" dir="auto">
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {links.map(({ title, href }) => (
        <p key={href}>
          <a href={href} target="_blank" rel="noreferrer">
            {title}
          </a>
        </p>
      ))}
    </div>
  );
}
