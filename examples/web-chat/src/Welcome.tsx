import { codesOf, outcomeOf } from 'chat-graphql-gateway-client';
import { ChannelsDocument, CreateConversationDocument } from 'chat-graphql-gateway-client/documents';
import { useActionState, useState } from 'react';
import { useEnvironment } from './environment';
import type { Environment } from './environment';
import { openingKey, settled } from './openingKey';
import type { Texts } from './texts/english';

/** The fields of the form, and where each answer is kept: with the customer, or with the customer's properties. */
const FIELDS = [
  { name: 'name', label: 'yourName', type: 'text', autoComplete: 'name' },
  { name: 'email', label: 'yourEmail', type: 'email', autoComplete: 'email' },
  { name: 'topic', label: 'topic', type: 'text', autoComplete: 'off' },
] as const satisfies readonly { readonly label: keyof Texts; readonly [other: string]: string }[];

type Answers = Record<(typeof FIELDS)[number]['name'], string>;

/** The form before the conversation. */
export function Welcome({ onOpened }: { onOpened: (id: string) => void }) {
  const environment = useEnvironment();
  const { texts } = environment;
  // Kept in state: a form resets once its action is done, even if it failed.
  const [answers, setAnswers] = useState<Answers>({ name: '', email: '', topic: '' });

  async function open(): Promise<string | null> {
    try {
      const { conversation, problem } = await create(environment, answers);
      if (conversation) onOpened(conversation.id);
      return problem;
    } catch (error) {
      if (codesOf(error).includes('UNAUTHENTICATED')) return texts.needsToken;
      const outcome = outcomeOf(error);
      if (outcome === 'unreachable') return texts.unreachable;
      settled();
      return outcome === 'unsure' ? texts.mayNotHaveBeenOpened : outcome.refused;
    }
  }

  const [problem, action, isOpening] = useActionState(open, null);
  return (
    <main className="welcome">
      <form action={action}>
        <h1>{texts.chatWithUs}</h1>
        <p>{texts.welcome}</p>
        {FIELDS.map(({ name, label, type, autoComplete }, index) => (
          <label key={name}>
            <span>
              {texts[label]} <span className="small">({texts.optional})</span>
            </span>
            <input
              name={name}
              type={type}
              autoComplete={autoComplete}
              dir="auto"
              maxLength={100}
              autoFocus={index === 0}
              value={answers[name]}
              onChange={({ target }) => setAnswers({ ...answers, [name]: target.value })}
            />
          </label>
        ))}
        <p role="alert">{problem}</p>
        <button className="primary" disabled={isOpening}>
          {isOpening ? texts.opening : texts.startChat}
        </button>
      </form>
    </main>
  );
}

async function create({ source, channelId }: Environment, answers: Answers) {
  const [name, email, topic] = [answers.name.trim(), answers.email.trim(), answers.topic.trim()];
  const customer = {
    ...(name === '' ? {} : { name }),
    ...(email === '' ? {} : { email }),
    ...(topic === '' ? {} : { properties: [{ key: 'topic', value: topic }] }),
  };
  const input = { channelId: channelId ?? (await firstChannel(source)), customer };
  const { createConversation } = await source.request(CreateConversationDocument, {
    input: { ...input, idempotencyKey: openingKey(input) },
  });
  settled();
  const { conversation, userErrors } = createConversation;
  return { conversation, problem: conversation ? null : userErrors.map(({ message }) => message).join(' ') };
}

async function firstChannel(source: Environment['source']): Promise<string> {
  const { channels } = await source.request(ChannelsDocument, {});
  const [channel] = channels.nodes;
  if (channel === undefined) throw new Error('there is no channel');
  return channel.id;
}
