import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { ConversationConnection } from '../schema/conversation-connection.js';
import { ConversationFilter } from '../schema/conversation-filter.js';
import { ConversationOrder } from '../schema/conversation-order.js';
import { Conversation } from '../schema/conversation.js';
import { vendorId } from '../schema/global-id.js';
import { eitherId, idArgument } from './arguments.js';
import { connection, toWindow } from './connections.js';
import { cursorNamespace, toSelection } from './conversation-selection.js';
import { OpensConversation } from './read-ahead.js';
import { requireChannel } from './require-channel.js';
import { toConversation } from './to-graphql.js';

@Resolver()
export class ConversationQueriesResolver {
  @OpensConversation<{ id: string }>(({ id }) => vendorId('Conversation', id))
  @Query(() => Conversation, {
    nullable: true,
    description: 'The conversation with this id. Null if it does not exist or you may not see it.',
  })
  async conversation(
    @Arg('id', () => ID, eitherId('conversation')) id: string,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Conversation | null> {
    const record = await loaders.conversation.load(idArgument('Conversation', 'id', id));
    return record === null ? null : toConversation(record.conversationId);
  }

  @Query(() => ConversationConnection, {
    description:
      'Conversations, in upstream order unless `orderBy` is given. Cursors count from the start of the list: they are valid for the same filter and order, and only while the list does not change.',
  })
  async conversations(
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: RequestContext,
    @Arg('filter', () => ConversationFilter, { nullable: true, description: 'Only conversations that match all given conditions.' })
    filter?: ConversationFilter | null,
    @Arg('orderBy', () => ConversationOrder, {
      nullable: true,
      description: 'Sort order; fails with UNSUPPORTED_BY_UPSTREAM if the capability it requires is missing.',
    })
    orderBy?: ConversationOrder | null,
  ): Promise<ConnectionOf<Conversation>> {
    const selection = toSelection(context, filter, orderBy);
    const list = cursorNamespace(selection);
    const window = toWindow(list, args);
    const page = await context.loaders.conversations(window, selection);
    if (page.items.length === 0) await requireChannel(context, 'filter.channelId', selection.filter.channelId);
    return connection(list, window, page, (record) => toConversation(record.conversationId));
  }
}
