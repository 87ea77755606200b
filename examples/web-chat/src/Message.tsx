import { memo } from 'react';
import { Attachment } from './Attachment';
import { Card, isQuickReplies } from './Card';
import { useEnvironment } from './environment';
import { linkify } from './linkify';
import type { MessageRow } from './rows';

/** A message of the conversation. Its cards are `Card`'s; quick replies are shown below the newest message only. */
export const Message = memo(function Message({ message, name, isFirst, isLast, mark }: Omit<MessageRow, 'kind' | 'key'>) {
  const { texts, formats } = useEnvironment();
  const { author, text, attachments, cards, createdAt } = message;
  const isOwn = author.type === 'CUSTOMER';
  const shown = cards.filter((card) => !isQuickReplies(card));
  return (
    <div className={isOwn ? 'message own' : 'message'} data-message-id={message.id} data-first={isFirst}>
      <p className={isFirst && !isOwn ? 'author' : 'unseen'} dir="auto">
        {isOwn ? texts.you : (name ?? texts.agent)}
      </p>
      <div className="bubble">
        {text ? <Text text={text} /> : null}
        {attachments.map((attachment) => (
          <Attachment key={attachment.id} attachment={attachment} />
        ))}
        {shown.map((card, index) => (
          <Card key={card.cardId ?? index} card={card} message={message} />
        ))}
      </div>
      {isLast || mark !== null ? (
        <p className="small">
          {createdAt === null ? null : <time dateTime={createdAt}>{formats.clock(createdAt)}</time>}
          {mark === null ? null : <span className="mark">{texts[mark]}</span>}
        </p>
      ) : null}
    </div>
  );
});

/** In the direction of what it says, with its links. */
function Text({ text }: { text: string }) {
  return (
    <p dir="auto">
      {linkify(text).map((piece, index) =>
        typeof piece === 'string' ? (
          piece
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noreferrer">
            {piece.text}
          </a>
        ),
      )}
    </p>
  );
}
