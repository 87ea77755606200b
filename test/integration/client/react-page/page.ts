// A page that shows conversations with the package's React hook, for react.test.ts.
import { createElement, StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { connect, socketSource } from '../../../../client/src/index.js';
import { ConversationProvider, useConversation } from '../../../../client/src/react/index.js';

interface Page {
  readonly url: string;
  readonly first: string;
  readonly document: { title: string; readonly body: Parameters<typeof createRoot>[0] };
  show: (id: string) => void;
  renders: string[];
}
const page = globalThis as unknown as Page;
page.renders = [];

const source = socketSource({ client: connect({ url: page.url }), backoff: () => 50 });

function Chat({ id }: { readonly id: string }) {
  const { status, messages, pending, send, unread } = useConversation(id);
  const texts = messages.map(({ text }) => text ?? '');
  // What a reader would have seen, of each render.
  page.renders.push(`${id}: ${texts.join(',')}`);
  useEffect(() => {
    page.document.title = `${status} ${unread.length}`;
  }, [status, unread]);
  return createElement(
    'div',
    null,
    createElement('ul', null, ...texts.map((text) => createElement('li', { key: text }, text))),
    createElement('ol', null, ...pending.map(({ text, clientMessageId }) => createElement('li', { key: clientMessageId }, text))),
    createElement('button', { onClick: () => send({ text: 'from the page' }) }, 'Send'),
  );
}

/** Two components with one conversation. */
function App() {
  const [id, setId] = useState(page.first);
  page.show = setId;
  return createElement(ConversationProvider, { source }, createElement(Chat, { id }), createElement(Chat, { id }));
}

createRoot(page.document.body).render(createElement(StrictMode, null, createElement(App)));
