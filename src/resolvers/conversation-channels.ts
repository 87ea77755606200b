import type { RequestContext } from '../context/request-context.js';
import type { ConversationRecord } from '../domain/conversation.js';

type Load = (conversationId: string) => ConversationRecord | null | Promise<ConversationRecord | null>;

/**
 * A conversation's channel (vendor id); null if it has none, or if it is not there any more. The log does not know, and it never changes: the upstream is asked once for each
 * conversation that this gateway does not remember. Synchronous if it need not be asked.
 */
export function findChannel(
  conversationId: string,
  { services: { known }, loaders }: RequestContext,
  load: Load = (id) => loaders.conversation.load(id),
): string | null | Promise<string | null> {
  if (known.has(conversationId)) return known.channelId(conversationId);
  return Promise.resolve(load(conversationId)).then((record) => record?.channelId ?? null);
}

/** Whether a conversation is of a channel; events of no conversation are of none. As `findChannel`. */
export function isInChannel(
  conversationId: string | null,
  channelId: string,
  context: RequestContext,
  load?: Load,
): boolean | Promise<boolean> {
  if (conversationId === null) return false;
  const found = findChannel(conversationId, context, load);
  return found instanceof Promise ? found.then((id) => id === channelId) : found === channelId;
}
