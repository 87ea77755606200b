import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context.js';
import { fromGlobalId } from '../schema/global-id.js';
import { Conversation } from '../schema/conversation.js';
import { Message } from '../schema/message.js';
import { EITHER_ID, idArgument } from './arguments.js';
import { conversationOf, messageOf } from './present.js';

@Resolver(() => Message)
export class MessageResolver {
  @Query(() => Message, { nullable: true, description: 'Null: there is none of that id, or it is not yours to see.' })
  async message(
    @Arg('conversationId', () => ID, EITHER_ID) conversation: string,
    @Arg('id', () => ID, EITHER_ID) id: string,
    @Ctx() { reads }: RequestContext,
  ): Promise<Message | null> {
    const conversationId = idArgument('Conversation', 'conversationId', conversation);
    const lastPart = idArgument('Message', 'id', id);
    const global = fromGlobalId(id);
    if (global !== null && global.parts[0] !== conversationId) return null;
    const message = await (global === null ? reads.messageById(conversationId, lastPart) : reads.messageByKey(conversationId, lastPart));
    return message === null ? null : messageOf(message);
  }

  @FieldResolver(() => Conversation, { nullable: true })
  conversation(@Root() { conversationId }: Message): Conversation {
    return conversationOf(conversationId);
  }
}
