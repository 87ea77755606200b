import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { interactionAt } from '../domain/interaction-metrics.js';
import { Conversation } from '../schema/conversation.js';
import { fromGlobalId } from '../schema/global-id.js';
import { Interaction } from '../schema/interaction.js';
import { Message } from '../schema/message.js';
import { eitherId, idArgument } from './arguments.js';
import { INTERACTIONS } from './conversation-reads.js';
import { ReadsAhead, readAhead } from './read-ahead.js';
import { requireCapability } from './require-capability.js';
import { toConversation, toInteraction, toMessage } from './to-graphql.js';

@Resolver(() => Message)
export class MessageResolver {
  @Query(() => Message, {
    nullable: true,
    description: 'The message with this id. Null if it does not exist or you may not see it.',
  })
  async message(
    @Arg('conversationId', () => ID, eitherId('conversation')) conversation: string,
    @Arg('id', () => ID, {
      description: 'Id of the message: its global `id`, or its `messageId` if the upstream has the capability MESSAGE_LOOKUP.',
    })
    id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Message | null> {
    const { loaders } = context;
    const conversationId = idArgument('Conversation', 'conversationId', conversation);
    const lastPart = idArgument('Message', 'id', id);
    const global = fromGlobalId(id);
    if (global !== null && global.parts[0] !== conversationId) return null;
    if (global === null) requireCapability(context, 'MESSAGE_LOOKUP');
    readAhead(context, info, conversationId);
    const message = await (global === null
      ? loaders.messages.byListedId(conversationId, lastPart)
      : loaders.messages.byKey(conversationId, lastPart));
    return message === null ? null : toMessage(message);
  }

  @FieldResolver(() => Conversation, { nullable: true, description: 'The conversation; null, with an error, if it cannot be read.' })
  conversation(@Root() { conversationId }: Message): Conversation {
    return toConversation(conversationId);
  }

  @ReadsAhead(() => INTERACTIONS)
  @FieldResolver(() => Interaction, {
    nullable: true,
    description: 'Interaction in which the message was sent, according to the upstream or by its time; null if unknown.',
  })
  async interaction(
    @Root() { conversationId, interactionId, createdAt }: Message,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Interaction | null> {
    const all = await loaders.interactions.load(conversationId);
    const record = all.find((one) => one.interactionId === interactionId) ?? interactionAt(createdAt, all);
    return record === null ? null : toInteraction(conversationId, record);
  }
}
