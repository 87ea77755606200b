import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { ConversationConnection } from '../schema/conversation-connection.js';
import { ConversationFilter } from '../schema/conversation-filter.js';
import { ConversationOrder } from '../schema/conversation-order.js';
import { Conversation } from '../schema/conversation.js';
import { EITHER_ID, idArgument } from './arguments.js';
import { connection, windowOf } from './connections.js';
import { cursorNamespace, selectionOf } from './conversation-selection.js';
import { toConversation } from './to-graphql.js';

@Resolver()
export class ConversationQueriesResolver {
  @Query(() => Conversation, { nullable: true, description: 'Null: there is none of that id, or it is not yours to see.' })
  async conversation(@Arg('id', () => ID, EITHER_ID) id: string, @Ctx() { loaders }: RequestContext): Promise<Conversation | null> {
    const record = await loaders.conversation.load(idArgument('Conversation', 'id', id));
    return record === null ? null : toConversation(record.conversationId);
  }

  @Query(() => ConversationConnection, {
    description:
      "In the upstream's own order, if not asked for another. Cursors are places in that very list, filter and order included: they stay true only while it does not change.",
  })
  async conversations(
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: RequestContext,
    @Arg('filter', () => ConversationFilter, { nullable: true, description: 'Only those to which all of it applies.' })
    filter?: ConversationFilter | null,
    @Arg('orderBy', () => ConversationOrder, { nullable: true, description: 'Refused where `capabilities` lack it.' })
    orderBy?: ConversationOrder | null,
  ): Promise<ConnectionOf<Conversation>> {
    const selection = selectionOf(context, filter, orderBy);
    const list = cursorNamespace(selection);
    const window = windowOf(list, args);
    const page = await context.loaders.conversations(window, selection);
    return connection(list, window, page, (record) => toConversation(record.conversationId));
  }
}
