import type { RequestContext } from '../context/request-context.js';
import type { InboxEntry } from '../events/port/inbox.js';
import type { Conversation } from '../schema/conversation.js';
import { toConversation } from './to-graphql.js';

/** A conversation of the inbox: what the events show of it needs no read any more. */
export function toInboxConversation({ loaders }: RequestContext, entry: InboxEntry): Conversation {
  const { conversationId, state, assignment, customer } = entry;
  loaders.inboxEntry.prime(conversationId, entry);
  return Object.assign(toConversation(conversationId), { shown: { state, assignment, customer } });
}
