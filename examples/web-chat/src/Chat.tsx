import { useMutation } from '@apollo/client/react';
import { LeaveConversationDocument } from 'chat-graphql-gateway-client/documents';
import { Composer } from './Composer';
import { InteractionMetrics } from './InteractionMetrics';
import { Header } from './Header';
import { Timeline } from './Timeline';
import { Transcript } from './Transcript';
import { useConnection } from './useConnection';
import { useConversation } from './useConversation';
import { useOutbox } from './useOutbox';

/** One conversation: the customer's side, and on wide screens its events and metrics. */
export function Chat({ id, onNew }: { id: string; onNew: () => void }) {
  const { conversation, isGone, loadEarlier } = useConversation(id);
  const messages = conversation?.messages?.nodes ?? [];
  const events = conversation?.events?.nodes ?? [];
  const { outbox, pending } = useOutbox(id, messages);
  const isConnected = useConnection();
  const [leave] = useMutation(LeaveConversationDocument, { variables: { input: { conversationId: id } } });

  if (isGone) return <Gone onNew={onNew} />;
  const state = conversation?.state ?? 'UNKNOWN';
  const isOver = state === 'IDLE';
  return (
    <div className="layout">
      <main className="chat">
        <Header
          state={state}
          events={events}
          isConnected={isConnected}
          onEnd={isOver ? null : () => void leave().catch(() => undefined)}
          onNew={onNew}
        />
        <Transcript
          messages={messages}
          events={events}
          pending={pending}
          outbox={outbox}
          typing={isConnected ? (conversation?.typing ?? []) : []}
          loadEarlier={loadEarlier}
          isOver={isOver}
        />
        <Composer conversationId={id} outbox={outbox} isOver={isOver} />
      </main>
      <aside className="backstage" aria-label="Behind the scenes" tabIndex={0}>
        <InteractionMetrics interactions={conversation?.interactions?.nodes ?? []} />
        <Timeline events={events} />
      </aside>
    </div>
  );
}

function Gone({ onNew }: { onNew: () => void }) {
  return (
    <main className="welcome">
      <div>
        <h1>This conversation no longer exists</h1>
        <p>It may have been deleted, or the link is wrong.</p>
        <button className="primary" onClick={onNew}>
          Start a new one
        </button>
      </div>
    </main>
  );
}
