import { ConversationProvider } from 'chat-graphql-gateway-client/react';
import { useState } from 'react';
import { Chat } from './Chat';
import { EnvironmentContext } from './environment';
import type { Environment } from './environment';
import { CONVERSATION, local } from './storage';
import { Welcome } from './Welcome';

/** The chat, in whatever page it is mounted: one conversation at a time, which survives a reload. */
export function App({ environment }: { environment: Environment }) {
  const [id, setId] = useState(() => local.getItem(CONVERSATION));
  const open = (opened: string) => {
    local.setItem(CONVERSATION, opened);
    setId(opened);
  };
  const close = () => {
    local.removeItem(CONVERSATION);
    setId(null);
  };
  return (
    <EnvironmentContext value={environment}>
      <ConversationProvider source={environment.source}>
        {id === null ? <Welcome onOpened={open} /> : <Chat key={id} id={id} onNew={close} />}
      </ConversationProvider>
    </EnvironmentContext>
  );
}
