import type { RequestContext } from '../context/request-context.js';
import type { InboxEntry } from '../events/port/inbox.js';
import type { Conversation, ShownConversation } from '../schema/conversation.js';
import { toConversation } from './to-graphql.js';

/** A conversation of the inbox: what its entry has needs no read any more. */
export const toInboxConversation = (context: RequestContext, entry: InboxEntry): Conversation =>
  Object.assign(toConversation(entry.conversationId), { shown: toShown(context, entry) });

/** What an entry shows of its conversation. */
export function toShown({ services }: Pick<RequestContext, 'services'>, entry: InboxEntry): ShownConversation {
  const { state, assignment, customer, lastActivityAt, lastMessage, unread, readCursor } = entry;
  return {
    state,
    assignment,
    customer,
    lastActivityAt,
    lastMessage: lastMessage === null ? null : services.history.ofEvent(lastMessage),
    unreadCount: unread,
    readCursor,
  };
}
