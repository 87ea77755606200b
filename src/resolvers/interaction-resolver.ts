import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Conversation } from '../schema/conversation.js';
import { fromGlobalId } from '../schema/global-id.js';
import { Interaction } from '../schema/interaction.js';
import { EITHER_ID, idArgument } from './arguments.js';
import { toConversation, toInteraction } from './to-graphql.js';

@Resolver(() => Interaction)
export class InteractionResolver {
  @Query(() => Interaction, {
    nullable: true,
    description: 'The interaction with this id. Null if it does not exist or you may not see it.',
  })
  async interaction(
    @Arg('conversationId', () => ID, EITHER_ID) conversation: string,
    @Arg('id', () => ID, EITHER_ID) id: string,
    @Ctx() { loaders }: RequestContext,
  ): Promise<Interaction | null> {
    const conversationId = idArgument('Conversation', 'conversationId', conversation);
    const interactionId = idArgument('Interaction', 'id', id);
    const global = fromGlobalId(id);
    if (global !== null && global.parts[0] !== conversationId) return null;
    const record = (await loaders.interactions.load(conversationId)).find((interaction) => interaction.interactionId === interactionId);
    return record === undefined ? null : toInteraction(conversationId, record);
  }

  @FieldResolver(() => Conversation, { nullable: true, description: 'The conversation; null, with an error, if it cannot be read.' })
  conversation(@Root() { conversationId }: Interaction): Conversation {
    return toConversation(conversationId);
  }
}
