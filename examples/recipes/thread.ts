import { Refused } from './staying.js';
import type { Way } from './staying.js';

export const THREAD = `query Thread($id: ID!) {
  conversation(id: $id) { id latestCursor messages(last: 20) { nodes { id text } } }
}`;
export const ADDED = `subscription Added($id: ID!, $after: String) {
  messageAdded(conversationId: $id, after: $after) { cursor message { id text } }
}`;

export interface Message {
  readonly id: string;
  readonly text: string | null;
}
export interface Answer<T> {
  readonly data?: T | null | undefined;
  readonly errors?: readonly unknown[] | undefined;
}
export type Thread = Answer<{ conversation: { latestCursor: string; messages: { nodes: readonly Message[] } | null } | null }>;
export type Added = Answer<{ messageAdded: { cursor: string; message: Message } }>;

export interface ThreadSink {
  readonly next: (result: Added) => void;
  readonly error: (error: unknown) => void;
  readonly complete: () => void;
}

/** How any client follows the messages of a conversation: `show` is called with all of them whenever they change. */
export function thread(
  ask: () => Promise<Thread>,
  subscribe: (after: string, sink: ThreadSink) => () => void,
  show: (messages: Message[]) => void,
): Way {
  const messages = new Map<string, Message>();
  const add = (...added: readonly Message[]) => {
    for (const message of added) messages.set(message.id, message); // one message has one id, in history and events alike
    show([...messages.values()]);
  };
  return {
    query: async () => {
      const { data, errors } = await ask();
      if (!data?.conversation) throw new Refused(errors ?? [{ extensions: { code: 'NOT_FOUND' } }]);
      messages.clear();
      add(...(data.conversation.messages?.nodes ?? []));
      return data.conversation.latestCursor;
    },
    subscribe: (after, { next, error, complete }) =>
      subscribe(after, {
        next: ({ data, errors }) => {
          if (!data) {
            error(new Refused(errors)); // rejected, or broken off
            return;
          }
          add(data.messageAdded.message);
          next(data.messageAdded.cursor);
        },
        error,
        complete,
      }),
  };
}
