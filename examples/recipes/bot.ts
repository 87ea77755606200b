import { follow, request } from 'chat-graphql-gateway-client';
import { AllConversationEventsDocument, FeedStartDocument, HandOverDocument } from 'chat-graphql-gateway-client/documents';
import { SendMessageDocument, TurnDocument } from 'chat-graphql-gateway-client/documents';
import type { AllConversationEventsSubscription } from 'chat-graphql-gateway-client/documents';
import type { Client } from 'graphql-ws';

export interface BotOptions {
  /** Made by `connect`, with a service's token. */
  readonly client: Client;
  /** Its reply to a customer; null if a person is needed. */
  readonly answer: (text: string) => string | null;
  /** The queue whose agents take over. */
  readonly queueId: string;
  /** The bot's webhook, registered in the contact centre: the conversation returns to it once the agent has left. */
  readonly webhookId: string;
  /** Which of the conversations are this worker's, and the last cursor that `done` was called with; null to start now. */
  readonly shard: { readonly index: number; readonly count: number };
  readonly after: string | null;
  readonly done: (cursor: string) => void | Promise<void>;
  readonly signal: AbortSignal;
}

/** Answers customers, hands them over to agents, and takes them back. If it throws, start it again: it repeats the event that failed, and answers none twice. */
export async function bot({ client, answer, queueId, webhookId, shard, after, done, signal }: BotOptions): Promise<void> {
  const query = () => request(client, FeedStartDocument, {});
  const cursorOf = ({ gateway }: { gateway: { latestCursor: string } }) => gateway.latestCursor;
  const variables = { shard, types: ['MESSAGE_ADDED' as const] };
  const steps = follow({ client, query, cursorOf, subscription: AllConversationEventsDocument, variables, after, signal });
  for await (const step of steps) {
    if (step.kind === 'event' && step.data) await handle(step.data.allConversationEvents);
    await done(step.cursor);
  }

  async function handle({ id, conversationId, ...event }: AllConversationEventsSubscription['allConversationEvents']): Promise<void> {
    if (event.__typename !== 'MessageAdded' || event.message.author.type !== 'CUSTOMER' || conversationId === null) return;
    const { conversation } = await request(client, TurnDocument, { id: conversationId });
    // The event may be old: then an agent has the conversation, somebody has answered, or the customer has written more.
    if (conversation?.state !== 'BOT' || conversation.messages?.nodes[0]?.id !== event.message.id) return;
    const text = answer(event.message.text ?? '') ?? 'I will get somebody for you.';
    if (answer(event.message.text ?? '') === null) await request(client, HandOverDocument, { conversationId, queueId, webhookId });
    // The event's id is the idempotency key: an event that is repeated after a crash is not answered twice.
    await request(client, SendMessageDocument, { input: { conversationId, text, sendAs: 'BOT', idempotencyKey: id } });
  }
}
