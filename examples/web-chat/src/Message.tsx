import { memo } from 'react';
import { Attachment } from './Attachment';
import { clockTime } from './times';
import type { ChatMessage } from './useConversation';

/** A message of the conversation. */
export const Message = memo(function Message({ message }: { message: ChatMessage }) {
  const { author, text, attachments, createdAt } = message;
  const isOwn = author.type === 'CUSTOMER';
  return (
    <li className={isOwn ? 'message own' : 'message'} data-message-id={message.id}>
      <p className="author">{isOwn ? 'You' : (author.name ?? 'Agent')}</p>
      <div className="bubble">
        {text ? <p>{text}</p> : null}
        {attachments.map((attachment) => (
          <Attachment key={attachment.id} attachment={attachment} />
        ))}
      </div>
      {createdAt === null ? null : (
        <time className="small" dateTime={createdAt}>
          {clockTime(createdAt)}
        </time>
      )}
    </li>
  );
});
