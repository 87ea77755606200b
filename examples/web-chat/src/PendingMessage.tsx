import { ClipIcon } from './ClipIcon';
import type { Entry, Outbox } from './outbox';

/** An outgoing message, or one that failed. */
export function PendingMessage({ entry, outbox }: { entry: Entry; outbox: Outbox }) {
  const { clientMessageId, text, attachment } = entry;
  const isStuck = entry.status === 'refused' || entry.status === 'unsure';
  return (
    <li className="message own pending" data-status={entry.status}>
      <p className="author">You</p>
      <div className="bubble">
        {text === '' ? null : <p>{text}</p>}
        {attachment === null ? null : (
          <p className="attachment">
            <ClipIcon /> {attachment.filename}
          </p>
        )}
      </div>
      <p className="small">{progress(entry)}</p>
      {isStuck ? (
        <p className="small">
          <button onClick={() => outbox.again(clientMessageId)}>Send again</button>{' '}
          <button onClick={() => outbox.discard(clientMessageId)}>Discard</button>
        </p>
      ) : null}
    </li>
  );
}

function progress({ status, tried, problem }: Entry): string {
  switch (status) {
    case 'sent':
      return 'Sent';
    case 'waiting':
      return tried ? 'Not sent yet; retrying…' : 'Sending…';
    case 'unsure':
      return 'Delivery unconfirmed.';
    case 'refused':
      return `Not sent: ${problem ?? 'it was rejected'}`;
  }
}
