import type { ConversationHandle } from 'chat-graphql-gateway-client/react';
import { useMemo } from 'react';
import { QuickReplies } from './Card';
import { useEnvironment } from './environment';
import { Message } from './Message';
import { PendingMessage } from './PendingMessage';
import { rowsOf } from './rows';
import type { Row } from './rows';
import { useFollowingList } from './useFollowingList';
import { useUnreadLine } from './useUnreadLine';

/** Messages and events, oldest first, followed by outgoing messages. Only what is near the view is in the page. */
export function Transcript({ conversation }: { conversation: ConversationHandle }) {
  const { texts } = useEnvironment();
  const { status, hasOlder, isLoading, loadOlder, unread, messages, events, pending, typing, state, readByOthersAt } = conversation;
  const line = useUnreadLine(conversation);
  const rows = useMemo(
    () => rowsOf({ messages, events, hasOlder, pending, typing, state, readByOthersAt }, line.from, texts),
    [messages, events, hasOlder, pending, typing, state, readByOthersAt, line.from, texts],
  );
  const older = () => void loadOlder().catch(() => undefined);
  const list = useFollowingList(rows, {
    ownNewest: pending.at(-1)?.clientMessageId,
    onAtEnd: line.setIsAtEnd,
    onStartNear: hasOlder ? older : null,
  });
  return (
    <div className="frame">
      <div className="transcript" ref={list.scroller} tabIndex={0} role="log" aria-label={texts.conversation}>
        {hasOlder ? (
          <button className="earlier" disabled={isLoading === 'older'} onClick={older}>
            {isLoading === 'older' ? texts.loading : texts.earlier}
          </button>
        ) : null}
        {rows.length === 0 ? <p className="note">{status === 'ready' ? texts.empty : texts.loading}</p> : null}
        <ol style={{ height: list.height }}>
          {list.items.map(({ index, key, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <li key={key} data-index={index} data-kind={row.kind} ref={list.measure} style={{ transform: `translateY(${start}px)` }}>
                <Line row={row} conversation={conversation} />
              </li>
            );
          })}
        </ol>
      </div>
      {list.isAtEnd ? null : (
        <button className="newest" onClick={list.toEnd}>
          <span aria-hidden="true">↓</span> {unread.length > 0 ? texts.newMessages(unread.length) : texts.toNewest}
        </button>
      )}
    </div>
  );
}

function Line({ row, conversation: { send, sendAgain, discard } }: { row: Row; conversation: ConversationHandle }) {
  const { texts, formats } = useEnvironment();
  switch (row.kind) {
    case 'day':
      return <p className="day">{formats.day(row.at, Date.now())}</p>;
    case 'note':
      return (
        <p className="note" dir="auto">
          {row.text}
        </p>
      );
    case 'unread':
      return <p className="unread">{texts.unreadLine}</p>;
    case 'message':
      return <Message message={row.message} name={row.name} isFirst={row.isFirst} isLast={row.isLast} mark={row.mark} />;
    case 'pending':
      return <PendingMessage entry={row.entry} sendAgain={sendAgain} discard={discard} />;
    case 'replies':
      return <QuickReplies message={row.message} onChosen={(text) => send({ text })} />;
    case 'typing':
      return <p className="typing">{texts.isTyping(row.name)}</p>;
  }
}
