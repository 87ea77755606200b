import type { ConversationState } from 'chat-graphql-gateway-client/documents';
import { agentName } from './transcript';
import type { ChatEvent } from './useConversation';

interface Props {
  readonly state: ConversationState;
  readonly events: readonly ChatEvent[];
  readonly isConnected: boolean;
  /** Null: it is over already. */
  readonly onEnd: (() => void) | null;
  readonly onNew: () => void;
}

/** Where the conversation stands, told also to who does not see it; and whether the line is cut. */
export function Header({ state, events, isConnected, onEnd, onNew }: Props) {
  return (
    <header>
      <div className="heading">
        <h1>Chat</h1>
        <p role="status" className="state" data-state={state}>
          {words(state, events)}
        </p>
        <button onClick={onEnd ?? onNew}>{onEnd === null ? 'New chat' : 'End chat'}</button>
      </div>
      <div role="status">
        {isConnected ? null : <p className="offline">No connection. What you write is kept, and sent when it is back.</p>}
      </div>
    </header>
  );
}

function words(state: ConversationState, events: readonly ChatEvent[]): string {
  switch (state) {
    case 'CREATED':
    case 'QUEUED':
      return 'Waiting for somebody to join…';
    case 'ACTIVE':
      return `${agentName(events) ?? 'Somebody'} is with you`;
    case 'TRANSFERRING':
      return 'Handing you over…';
    case 'BOT':
      return 'The assistant is with you';
    case 'IDLE':
      return 'Ended';
    case 'UNKNOWN':
      return '';
  }
}
