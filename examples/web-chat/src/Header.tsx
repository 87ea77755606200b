import type { ConversationState } from 'chat-graphql-gateway-client/documents';
import { agentName } from './transcript';
import type { ChatEvent } from './useConversation';

interface Props {
  readonly state: ConversationState;
  readonly events: readonly ChatEvent[];
  readonly isConnected: boolean;
  /** Null if it has ended. */
  readonly onEnd: (() => void) | null;
  readonly onNew: () => void;
}

/** The conversation's state, announced to screen readers too, and whether the gateway is unreachable. */
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
        {isConnected ? null : <p className="offline">Offline. Your messages will be sent when you are back online.</p>}
      </div>
    </header>
  );
}

function words(state: ConversationState, events: readonly ChatEvent[]): string {
  switch (state) {
    case 'CREATED':
    case 'QUEUED':
      return 'Waiting for someone to join…';
    case 'ACTIVE':
      return `${agentName(events) ?? 'Someone'} is with you`;
    case 'TRANSFERRING':
      return 'Transferring you…';
    case 'BOT':
      return 'The assistant is with you';
    case 'IDLE':
      return 'Ended';
    case 'UNKNOWN':
      return '';
  }
}
