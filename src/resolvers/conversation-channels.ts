import type { RequestContext } from '../context/request-context.js';
import type { ConversationRecord } from '../domain/conversation.js';

/**
 * Whether a conversation is of a channel; events of no conversation are of none. The log does not know, and a conversation's channel never changes: the upstream is asked once
 * for each conversation that this gateway does not remember. Synchronous if it need not be asked.
 */
export function isInChannel(
  conversationId: string | null,
  channelId: string,
  { services: { known } }: RequestContext,
  load: (conversationId: string) => ConversationRecord | null | Promise<ConversationRecord | null>,
): boolean | Promise<boolean> {
  if (conversationId === null) return false;
  if (known.has(conversationId)) return known.channelId(conversationId) === channelId;
  return Promise.resolve(load(conversationId)).then((record) => record?.channelId === channelId);
}
