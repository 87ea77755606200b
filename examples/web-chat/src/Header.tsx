import { codesOf } from 'chat-graphql-gateway-client';
import type { ConversationView } from 'chat-graphql-gateway-client';
import type { ConversationHandle } from 'chat-graphql-gateway-client/react';
import { useState } from 'react';
import { useEnvironment } from './environment';
import type { Texts } from './texts/english';
import { useAttention } from './useAttention';

interface Props {
  readonly conversation: ConversationHandle;
  readonly onNew: () => void;
}

/** The conversation's state, announced to screen readers too, and whether the gateway is unreachable. */
export function Header({ conversation, onNew }: Props) {
  const { texts } = useEnvironment();
  const { state, status, connection, problem, leave } = conversation;
  // Later on it only means that a token has expired, and the next connection brings a new one.
  const lacksToken = status === 'loading' && codesOf(problem).includes('UNAUTHENTICATED');
  const [hasFailed, setHasFailed] = useState(false);
  const problems = [
    lacksToken ? texts.needsToken : connection === 'offline' ? texts.offline : null,
    hasFailed && state !== 'IDLE' ? texts.notEnded : null,
  ].filter((text) => text !== null);
  const { hasSound, toggleSound } = useAttention(conversation);
  const isOver = state === 'IDLE';
  const end = () => {
    setHasFailed(false);
    leave().catch(() => setHasFailed(true));
  };
  return (
    <header>
      <div className="heading">
        <h1>{texts.chat}</h1>
        <p role="status" className="state" data-state={state}>
          {words(conversation, texts)}
        </p>
        <button className="icon" aria-pressed={hasSound} title={hasSound ? texts.soundOn : texts.soundOff} onClick={toggleSound}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path
              d={hasSound ? 'M4 9v6h4l5 4V5L8 9H4m12-1a5 5 0 0 1 0 8m2.5-11a9 9 0 0 1 0 14' : 'M4 9v6h4l5 4V5L8 9H4m12 0 5 6m0-6-5 6'}
            />
          </svg>
          <span className="unseen">{hasSound ? texts.soundOn : texts.soundOff}</span>
        </button>
        <button onClick={isOver ? onNew : end}>{isOver ? texts.newChat : texts.endChat}</button>
      </div>
      <div role="status">
        {problems.map((text) => (
          <p key={text} className="warning">
            {text}
          </p>
        ))}
      </div>
    </header>
  );
}

function words({ state, agents }: ConversationView, texts: Texts): string {
  switch (state) {
    case 'CREATED':
    case 'QUEUED':
      return texts.waiting;
    case 'ACTIVE':
      return texts.isWithYou(agents.at(-1)?.name ?? texts.someone);
    case 'TRANSFERRING':
      return texts.transferring;
    case 'BOT':
      return texts.assistant;
    case 'IDLE':
      return texts.ended;
    default:
      return '';
  }
}
