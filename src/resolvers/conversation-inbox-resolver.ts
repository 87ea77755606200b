import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Conversation } from '../schema/conversation.js';
import type { ShownConversation } from '../schema/conversation.js';
import { DateTime } from '../schema/date-time.js';
import { Message } from '../schema/message.js';
import { Personal } from './personal.js';
import { toMessage } from './to-graphql.js';
import { toShown } from './to-inbox-conversation.js';

/** What the log's inbox has of a conversation: synchronously for one of the inbox, of which a page holds many. */
function select<T>(
  { shown, conversationId }: Conversation,
  context: RequestContext,
  of: (shown: ShownConversation | null) => T,
): T | Promise<T> {
  if (shown !== undefined) return of(shown);
  return context.loaders.inboxEntry.load(conversationId).then((entry) => of(entry === null ? null : toShown(context, entry)));
}

@Resolver(() => Conversation)
export class ConversationInboxResolver {
  @FieldResolver(() => Message, {
    nullable: true,
    description: 'The message that was written last, of those whose events are stored; null if there is none.',
  })
  lastMessage(@Root() conversation: Conversation, @Ctx() context: RequestContext): Message | null | Promise<Message | null> {
    return select(conversation, context, (shown) => {
      const message = shown?.lastMessage ?? null;
      return message === null ? null : toMessage(message);
    });
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When this gateway received the last event that is stored, receipts aside; null if none is stored.',
  })
  lastActivityAt(@Root() conversation: Conversation, @Ctx() context: RequestContext): Date | null | Promise<Date | null> {
    return select(conversation, context, (shown) => shown?.lastActivityAt ?? null);
  }

  @Personal()
  @FieldResolver(() => Int, {
    description:
      'Messages of others after your read marker: of everybody but the customer for customers, of everybody but bots for others.',
  })
  unreadCount(@Root() conversation: Conversation, @Ctx() context: RequestContext): number | Promise<number> {
    return select(conversation, context, (shown) => shown?.unreadCount ?? 0);
  }

  @Personal()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'Where your read marker stands: a cursor of this conversation. Null if you have read nothing.',
  })
  readCursor(@Root() conversation: Conversation, @Ctx() context: RequestContext): string | null | Promise<string | null> {
    return select(conversation, context, (shown) => shown?.readCursor ?? null);
  }
}
