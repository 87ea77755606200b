import { ClipIcon } from './ClipIcon';
import type { Entry, Outbox } from './outbox';

/** A message that is on its way, or did not make it. */
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
      return tried ? 'Not sent yet; trying again…' : 'Sending…';
    case 'unsure':
      return 'It is not known whether this arrived.';
    case 'refused':
      return `Not sent: ${problem ?? 'it was refused'}`;
  }
}
