import type { RequestContext } from '../context/request-context.js';
import { UNKNOWN_CUSTOMER } from '../domain/customer.js';
import type { InboxEntry } from '../events/port/inbox.js';
import type { Conversation, ShownConversation } from '../schema/conversation.js';
import { toConversation } from './to-graphql.js';

/** A conversation of the inbox: what its entry has needs no read any more. */
export const toInboxConversation = (context: RequestContext, entry: InboxEntry): Conversation =>
  Object.assign(toConversation(entry.conversationId), { shown: toShown(context, entry) });

/** A conversation that is not in the inbox any more: the log knows nothing of it. */
export const toRemovedConversation = (conversationId: string): Conversation =>
  Object.assign(toConversation(conversationId), { shown: NOTHING_SHOWN });

const NOTHING_SHOWN: ShownConversation = {
  state: 'UNKNOWN',
  assignment: null,
  customer: UNKNOWN_CUSTOMER,
  lastActivityAt: null,
  lastMessage: null,
  unreadCount: 0,
  readCursor: null,
};

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
