import { useState } from 'react';
import { Chat } from './Chat';
import { Welcome } from './Welcome';

const KEY = 'chat.conversation';

/** One conversation at a time, which survives a reload of the page. */
export function App() {
  const [id, setId] = useState(() => localStorage.getItem(KEY));
  const open = (opened: string) => {
    localStorage.setItem(KEY, opened);
    setId(opened);
  };
  const close = () => {
    localStorage.removeItem(KEY);
    setId(null);
  };
  return id === null ? <Welcome onOpened={open} /> : <Chat key={id} id={id} onNew={close} />;
}
