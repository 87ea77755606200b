import { Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Conversation } from '../schema/conversation.js';
import { DateTime } from '../schema/date-time.js';
import { Message } from '../schema/message.js';
import { toMessage } from './to-graphql.js';

/** What the log's inbox has of a conversation. */
@Resolver(() => Conversation)
export class ConversationInboxResolver {
  @FieldResolver(() => Message, {
    nullable: true,
    description: 'The message that was written last, of those whose events are stored; null if there is none.',
  })
  async lastMessage(@Root() { conversationId }: Conversation, @Ctx() { loaders, services }: RequestContext): Promise<Message | null> {
    const stored = (await loaders.inboxEntry.load(conversationId))?.lastMessage ?? null;
    const message = stored === null ? null : services.history.ofEvent(stored);
    return message === null ? null : toMessage(message);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When this gateway received the last event that is stored, receipts aside; null if none is stored.',
  })
  async lastActivityAt(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<Date | null> {
    return (await loaders.inboxEntry.load(conversationId))?.lastActivityAt ?? null;
  }

  @FieldResolver(() => Int, {
    description:
      'Messages of others after your read marker: of everybody but the customer for customers, of everybody but bots for others.',
  })
  async unreadCount(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<number> {
    return (await loaders.inboxEntry.load(conversationId))?.unread ?? 0;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Where your read marker stands: a cursor of this conversation. Null if you have read nothing.',
  })
  async readCursor(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<string | null> {
    return (await loaders.inboxEntry.load(conversationId))?.readCursor ?? null;
  }
}
