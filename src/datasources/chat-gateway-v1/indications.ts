import type { ReturnToBot, Sender } from '../chat-api.js';
import type { UpstreamCalls } from '../upstream/upstream-call.js';
import { changedConversation } from './paths.js';
import { AUTHOR_TYPES } from './request-bodies.js';

/** The customer or the bot is typing. */
export async function sendTyping(client: UpstreamCalls, conversationId: string, sender: Sender): Promise<void> {
  const target = changedConversation(conversationId, 'typing');
  await client.change({ operation: 'typing.send', method: 'POST', accepts: 204, ...target, body: { authorType: AUTHOR_TYPES[sender] } });
}

/** The bot is thinking; nobody else can, in the contract's view. */
export async function sendThinking(client: UpstreamCalls, conversationId: string, maxSeconds: number): Promise<void> {
  const target = changedConversation(conversationId, 'thinking');
  const body = { authorType: AUTHOR_TYPES.BOT, maxThinkingTimeSeconds: maxSeconds };
  await client.change({ operation: 'thinking.send', method: 'POST', accepts: 204, ...target, body });
}

/** The customer or the bot has read everything up to then. */
export async function markRead(client: UpstreamCalls, conversationId: string, reader: Sender, readAt: Date): Promise<void> {
  const target = changedConversation(conversationId, 'read-receipt');
  const body = { authorType: AUTHOR_TYPES[reader], readAt: readAt.getTime() };
  await client.change({ operation: 'readReceipts.send', method: 'POST', accepts: 204, ...target, body });
}

/** The conversation goes to a webhook's bot once the agent has left. */
export async function scheduleReturnToBot(client: UpstreamCalls, conversationId: string, plan: ReturnToBot): Promise<void> {
  const target = changedConversation(conversationId, 'post-agent-assignment');
  const { webhookId, notifyChannelWebhook, maxTotalMinutes, userTimeoutMinutes } = plan;
  const configuration = {
    // A string in the contract.
    ...(notifyChannelWebhook === null ? {} : { notifyChannelWebhookIfExists: String(notifyChannelWebhook) }),
    ...(maxTotalMinutes === null ? {} : { maxTotalMinutes }),
    ...(userTimeoutMinutes === null ? {} : { userTimeoutInMinutes: userTimeoutMinutes }),
  };
  const body = { type: 'webhook', id: webhookId, ...(Object.keys(configuration).length === 0 ? {} : { configuration }) };
  await client.change({ operation: 'postAgentAssignment.create', method: 'POST', accepts: 201, ...target, body });
}
