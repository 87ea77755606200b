import { ConversationProvider } from 'chat-graphql-gateway-client/react';
import { useState } from 'react';
import { Chat } from './Chat';
import { EnvironmentContext } from './environment';
import type { Environment } from './environment';
import { Welcome } from './Welcome';

const KEY = 'chat.conversation';

/** The chat, in whatever page it is mounted: one conversation at a time, which survives a reload. */
export function App({ environment }: { environment: Environment }) {
  const [id, setId] = useState(() => localStorage.getItem(KEY));
  const open = (opened: string) => {
    localStorage.setItem(KEY, opened);
    setId(opened);
  };
  const close = () => {
    localStorage.removeItem(KEY);
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
