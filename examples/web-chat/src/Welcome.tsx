import { useApolloClient } from '@apollo/client/react';
import { ChannelsDocument, CreateConversationDocument } from 'chat-graphql-gateway-client/documents';
import { useActionState, useState } from 'react';
import { outcomeOf } from './deliver';
import { channelId } from './gateway';
import { openingKey, settled } from './openingKey';

/** The form before the conversation. */
export function Welcome({ onOpened }: { onOpened: (id: string) => void }) {
  const apollo = useApolloClient();

  // Kept in state: a form resets once its action is done, even if it failed.
  const [entered, setEntered] = useState('');

  async function open(): Promise<string | null> {
    try {
      const channel = channelId ?? (await firstChannel());
      const name = entered.trim();
      const input = { channelId: channel, customer: name === '' ? {} : { name } };
      const { data } = await apollo.mutate({
        mutation: CreateConversationDocument,
        variables: { input: { ...input, idempotencyKey: openingKey(input) } },
      });
      settled();
      const { conversation, userErrors = [] } = data?.createConversation ?? {};
      if (!conversation) return userErrors.map(({ message }) => message).join(' ');
      onOpened(conversation.id);
      return null;
    } catch (error) {
      const outcome = outcomeOf(error);
      if (outcome === 'unreachable') return 'The chat is unreachable right now. Please try again in a moment.';
      settled();
      return outcome === 'unsure' ? 'Your chat may not have been opened. Please try again.' : outcome.refused;
    }
  }

  async function firstChannel(): Promise<string> {
    const { data } = await apollo.query({ query: ChannelsDocument, fetchPolicy: 'network-only' });
    const [channel] = data?.channels.nodes ?? [];
    if (channel === undefined) throw new Error('there is no channel');
    return channel.id;
  }

  const [problem, action, isOpening] = useActionState(open, null);
  return (
    <main className="welcome">
      <form action={action}>
        <h1>Chat with us</h1>
        <p>Someone will be with you shortly. You can return to this conversation later.</p>
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          name="name"
          autoComplete="name"
          maxLength={100}
          autoFocus
          value={entered}
          onChange={({ target }) => setEntered(target.value)}
        />
        <p role="alert">{problem}</p>
        <button className="primary" disabled={isOpening}>
          {isOpening ? 'Opening…' : 'Start chat'}
        </button>
      </form>
    </main>
  );
}
