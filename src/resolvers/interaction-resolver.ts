import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Conversation } from '../schema/conversation.js';
import { fromGlobalId } from '../schema/global-id.js';
import { Interaction } from '../schema/interaction.js';
import { EITHER_ID, idArgument } from './arguments.js';
import { toConversation, toInteraction } from './to-graphql.js';

@Resolver(() => Interaction)
export class InteractionResolver {
  @Query(() => Interaction, { nullable: true, description: 'Null: there is none of that id, or it is not yours to see.' })
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

  @FieldResolver(() => Conversation, { nullable: true, description: 'Null where it cannot be read now.' })
  conversation(@Root() { conversationId }: Interaction): Conversation {
    return toConversation(conversationId);
  }
}
