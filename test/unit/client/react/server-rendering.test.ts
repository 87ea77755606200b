import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import type { ConversationSource } from '../../../../client/src/conversation/source.js';
import { ConversationProvider, useConversation } from '../../../../client/src/react/index.js';

const never: ConversationSource = {
  request: () => Promise.reject(new Error('a server sends nothing')),
  follow: () => {
    throw new Error('a server follows nothing');
  },
  onConnection: () => {
    throw new Error('a server has no connection');
  },
};

function Chat() {
  const { status, messages, pending } = useConversation('some-id');
  return createElement('p', null, `${status} ${messages.length} ${pending.length}`);
}

it('renders on a server, where it is loading and touches neither the network nor a storage', () => {
  expect(renderToString(createElement(ConversationProvider, { source: never }, createElement(Chat)))).toBe('<p>loading 0 0</p>');
});

it('says what is missing outside of a provider', () => {
  expect(() => renderToString(createElement(Chat))).toThrow('There is no <ConversationProvider> above this component.');
});
