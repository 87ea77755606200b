import { useConversation } from 'chat-graphql-gateway-client/react';
import { Composer } from './Composer';
import { useEnvironment } from './environment';
import { Header } from './Header';
import { InteractionMetrics } from './InteractionMetrics';
import { Notice } from './Notice';
import { Rating } from './Rating';
import { Timeline } from './Timeline';
import { Transcript } from './Transcript';
import { useFileDrop } from './useFileDrop';
import { useUploads } from './useUploads';

/** One conversation: the customer's side, and on wide screens its events and metrics. */
export function Chat({ id, onNew }: { id: string; onNew: () => void }) {
  const { texts } = useEnvironment();
  const conversation = useConversation(id);
  const { status, problem, state, capabilities, send } = conversation;
  const uploads = useUploads(id, (attachment) => send({ attachment }));
  const canAttach = capabilities.includes('ATTACHMENTS');
  const { isOver: isDropping, ...dropTarget } = useFileDrop(canAttach ? uploads.add : null);

  if (status === 'gone') return <Notice title={texts.goneTitle} text={texts.gone} onNew={onNew} />;
  if (status === 'failed') return <Notice title={texts.failedTitle} text={problem instanceof Error ? problem.message : ''} onNew={onNew} />;
  // Unknown where the contact centre does not list them.
  const rated = conversation.interactions.at(-1)?.id ?? id;
  return (
    <div className="layout">
      <main className="chat" {...dropTarget}>
        <Header conversation={conversation} onNew={onNew} />
        <Transcript conversation={conversation} />
        {state === 'IDLE' && capabilities.includes('UPDATE_CONVERSATION') ? (
          <Rating key={rated} conversationId={id} interactionId={rated} />
        ) : null}
        <Composer conversation={conversation} uploads={uploads} canAttach={canAttach} />
        {isDropping ? <p className="drop">{texts.dropHere}</p> : null}
      </main>
      <aside className="backstage" aria-label={texts.behindTheScenes} tabIndex={0}>
        <InteractionMetrics interactions={conversation.interactions} />
        <Timeline events={conversation.events} />
      </aside>
    </div>
  );
}
