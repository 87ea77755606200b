import type { OutgoingMessage } from 'chat-graphql-gateway-client';
import type { ConversationHandle } from 'chat-graphql-gateway-client/react';
import { ClipIcon } from './ClipIcon';
import { useEnvironment } from './environment';
import type { Texts } from './texts/english';

/** An outgoing message, or one that failed. */
export function PendingMessage({
  entry,
  sendAgain,
  discard,
}: { readonly entry: OutgoingMessage } & Pick<ConversationHandle, 'sendAgain' | 'discard'>) {
  const { texts } = useEnvironment();
  const { clientMessageId, text, attachment, status } = entry;
  return (
    <div className="message own pending" data-status={status}>
      <p className="unseen">{texts.you}</p>
      <div className="bubble">
        {text === '' ? null : <p dir="auto">{text}</p>}
        {attachment === null ? null : (
          <p className="attachment">
            <ClipIcon /> <bdi>{attachment.filename}</bdi>
          </p>
        )}
      </div>
      <p className="small">{progress(entry, texts)}</p>
      {status === 'refused' || status === 'unsure' ? (
        <p className="small">
          <button onClick={() => sendAgain(clientMessageId)}>{texts.sendAgain}</button>{' '}
          <button onClick={() => discard(clientMessageId)}>{texts.discard}</button>
        </p>
      ) : null}
    </div>
  );
}

function progress({ status, tried, problem }: OutgoingMessage, texts: Texts): string {
  switch (status) {
    case 'sent':
      return texts.sent;
    case 'waiting':
      return tried ? texts.retrying : texts.sending;
    case 'unsure':
      return texts.unconfirmed;
    case 'refused':
      return texts.notSent(problem ?? texts.rejected);
  }
}
