import { useLayoutEffect, useRef } from 'react';
import { Message } from './Message';
import type { Entry, Outbox } from './outbox';
import { PendingMessage } from './PendingMessage';
import { QuickReplies } from './QuickReplies';
import { transcript } from './transcript';
import type { ChatEvent, ChatMessage, Conversation } from './useConversation';

interface Props {
  readonly messages: readonly ChatMessage[];
  readonly events: readonly ChatEvent[];
  readonly pending: readonly Entry[];
  readonly outbox: Outbox;
  readonly typing: Conversation['typing'];
  readonly loadEarlier: (() => void) | null;
  readonly isOver: boolean;
}

/** Messages and events, oldest first, followed by outgoing messages. */
export function Transcript({ messages, events, pending, outbox, typing, loadEarlier, isOver }: Props) {
  const items = transcript(messages, events, loadEarlier !== null);
  const agents = typing.filter(({ type }) => type !== 'CUSTOMER');
  const newest = messages.at(-1);
  const scroller = useEndInView(`${newest?.id} ${items.length} ${pending.length} ${agents.length}`);
  return (
    <div className="transcript" ref={scroller} tabIndex={0} role="log" aria-label="Conversation">
      {loadEarlier === null ? null : (
        <button className="earlier" onClick={loadEarlier}>
          Earlier messages
        </button>
      )}
      <ol>
        {items.map((item) =>
          item.kind === 'note' ? (
            <li key={item.id} className="note">
              {item.text}
            </li>
          ) : (
            <Message key={item.id} message={item.message} />
          ),
        )}
        {pending.map((entry) => (
          <PendingMessage key={entry.clientMessageId} entry={entry} outbox={outbox} />
        ))}
      </ol>
      {agents.length === 0 ? null : <p className="typing">{agents[0]?.name ?? 'Someone'} is typing…</p>}
      {newest === undefined || isOver || pending.length > 0 ? null : (
        <QuickReplies message={newest} onChosen={(text) => outbox.add({ text })} />
      )}
    </div>
  );
}

/** Keeps the end in view when `content` changes, unless the reader has scrolled away. */
function useEndInView(content: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 48;
    };
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, []);
  useLayoutEffect(() => {
    if (isAtEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [content]);
  return scroller;
}
