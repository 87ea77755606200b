import type { Client } from 'graphql-ws';
import { ask } from './graphql-ws.js';
import { subscribeResuming } from './resuming.js';
import { stay } from './staying.js';
import type { Sink } from './staying.js';

const EVENTS = `subscription ($after: String) {
  allConversationEvents(after: $after, types: [MESSAGE_ADDED]) {
    id cursor conversationId
    ... on MessageAdded { message { id text author { type } } }
    conversation { state messages(last: 1) { nodes { id } } }
  }
}`;
const SAY = `mutation ($id: ID!, $text: String!, $key: String!) {
  sendMessage(input: { conversationId: $id, text: $text, sendAs: BOT, idempotencyKey: $key }) { userErrors { message } }
}`;
const HAND_OVER = `mutation ($id: ID!, $queue: ID!, $webhook: ID!) {
  scheduleReturnToBot(input: { conversationId: $id, webhookId: $webhook }) { userErrors { message } }
  updateConversation(input: { conversationId: $id, assignment: { type: QUEUE, targetId: $queue } }) { userErrors { message } }
}`;

export interface BotOptions {
  /** Its reply to a customer; null if a person is needed. */
  readonly answer: (text: string) => string | null;
  /** The queue whose agents take over. */
  readonly queue: string;
  /** The bot's webhook, registered in the contact centre: the conversation returns to it once the agent has left. */
  readonly webhook: string;
  /** The last cursor that `done` was called with: it resumes there. Null to start now. */
  readonly after: string | null;
  readonly done: (cursor: string) => void;
  readonly signal: AbortSignal;
}

/** Answers customers in all conversations assigned to a bot, transfers them to agents, and gets them back. Needs a service's token. */
export function bot(socket: Client, { answer, queue, webhook, after, done, signal }: BotOptions): Promise<void> {
  const handle = async ({ id: key, conversationId: id, conversation, message }: Event) => {
    if (message.author.type !== 'CUSTOMER' || conversation?.state !== 'BOT') return;
    // The event may be old: then somebody else has answered, or the customer has written more.
    if (conversation.messages?.nodes[0]?.id !== message.id) return;
    const text = answer(message.text ?? '');
    if (text === null) await ask(socket, HAND_OVER, { id, queue, webhook });
    // The event's id is the idempotency key: an event that is repeated after a crash is not answered twice.
    await ask(socket, SAY, { id, key, text: text ?? 'I will get somebody for you.' });
  };
  let start = after;
  const query = async () => {
    const cursor = start ?? (await ask<Gateway>(socket, '{ gateway { latestCursor } }')).gateway.latestCursor;
    start = null; // if this runs again, the cursor has expired
    return cursor;
  };
  const subscribe = (from: string, { next, error, complete }: Sink) => {
    let handled = Promise.resolve(); // one by one; a failed event is repeated by the next subscription, with all after it
    const received = ({ data, errors }: { data?: unknown; errors?: unknown }) => {
      const event = (data as Events | null | undefined)?.allConversationEvents;
      if (!event) {
        error(errors);
        return;
      }
      handled = handled.then(() => handle(event));
      void handled.then(() => {
        next(event.cursor);
        done(event.cursor);
      }, error);
    };
    return subscribeResuming(socket, { query: EVENTS, variables: { after: from } }, { next: received, error, complete });
  };
  return stay({ query, subscribe }, { signal });
}

interface Event {
  readonly id: string;
  readonly cursor: string;
  readonly conversationId: string;
  readonly conversation: {
    readonly state: string;
    readonly messages: { readonly nodes: readonly { readonly id: string }[] } | null;
  } | null;
  readonly message: { readonly id: string; readonly text: string | null; readonly author: { readonly type: string } };
}
type Events = Record<'allConversationEvents', Event>;
type Gateway = Record<'gateway', { readonly latestCursor: string }>;
