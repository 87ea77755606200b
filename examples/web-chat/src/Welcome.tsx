import { useApolloClient } from '@apollo/client/react';
import { ChannelsDocument, CreateConversationDocument } from 'chat-graphql-gateway-client/documents';
import { useActionState } from 'react';
import { channelId } from './gateway';

/** Before the conversation: who is writing? */
export function Welcome({ onOpened }: { onOpened: (id: string) => void }) {
  const apollo = useApolloClient();

  async function open(_before: string | null, form: FormData): Promise<string | null> {
    try {
      const channel = channelId ?? (await firstChannel());
      const name = String(form.get('name')).trim();
      const { data } = await apollo.mutate({
        mutation: CreateConversationDocument,
        variables: { input: { channelId: channel, customer: name === '' ? {} : { name } } },
      });
      const { conversation, userErrors = [] } = data?.createConversation ?? {};
      if (!conversation) return userErrors.map(({ message }) => message).join(' ');
      onOpened(conversation.id);
      return null;
    } catch {
      return 'The chat cannot be reached just now. Please try again in a moment.';
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
        <p>Somebody is here to help. You can come back to this conversation later.</p>
        <label htmlFor="name">Your name</label>
        <input id="name" name="name" autoComplete="name" maxLength={100} autoFocus />
        <p role="alert">{problem}</p>
        <button className="primary" disabled={isOpening}>
          {isOpening ? 'Opening…' : 'Start chat'}
        </button>
      </form>
    </main>
  );
}
