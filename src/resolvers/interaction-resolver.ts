import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Float, ID, Info, Int, Query, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { InteractionMetrics } from '../domain/interaction-figures.js';
import { AgentStint } from '../schema/agent-stint.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { Conversation } from '../schema/conversation.js';
import { fromGlobalId } from '../schema/global-id.js';
import { Interaction } from '../schema/interaction.js';
import { MessageConnection } from '../schema/message-connection.js';
import type { Message } from '../schema/message.js';
import { QueueStint } from '../schema/queue-stint.js';
import { eitherId, idArgument } from './arguments.js';
import { messagesOfInteraction } from './interaction-messages.js';
import { readAhead } from './read-ahead.js';
import { toAgent, toConversation, toInteraction } from './to-graphql.js';

const WHEN_NULL = 'Null unless the log contains all events of the interaction from its start, with none missing.';

/** The figures of an interaction; null unless the log holds it from its start. */
async function figures({ loaders }: RequestContext, { conversationId, interactionId }: Interaction): Promise<InteractionMetrics | null> {
  return (await loaders.figures.load(conversationId)).get(interactionId ?? '') ?? null;
}

const toDate = (at: number | null): Date | null => (at === null ? null : new Date(at));

@Resolver(() => Interaction)
export class InteractionResolver {
  @Query(() => Interaction, {
    nullable: true,
    description: 'The interaction with this id. Null if it does not exist or you may not see it.',
  })
  async interaction(
    @Arg('conversationId', () => ID, eitherId('conversation')) conversation: string,
    @Arg('id', () => ID, eitherId('interaction')) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Interaction | null> {
    const conversationId = idArgument('Conversation', 'conversationId', conversation);
    const interactionId = idArgument('Interaction', 'id', id);
    const global = fromGlobalId(id);
    if (global !== null && global.parts[0] !== conversationId) return null;
    readAhead(context, info, conversationId);
    const all = await context.loaders.interactions.load(conversationId);
    const record = all.find((interaction) => interaction.interactionId === interactionId);
    return record === undefined ? null : toInteraction(conversationId, record);
  }

  @FieldResolver(() => Conversation, { nullable: true, description: 'The conversation; null, with an error, if it cannot be read.' })
  conversation(@Root() { conversationId }: Interaction): Conversation {
    return toConversation(conversationId);
  }

  @FieldResolver(() => MessageConnection, {
    nullable: true,
    description: 'Messages of this interaction, oldest first; null if it is unknown which they are.',
  })
  messages(
    @Root() { conversationId, interactionId }: Interaction,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConnectionOf<Message> | null> {
    return messagesOfInteraction(context, info, conversationId, interactionId ?? '', args);
  }

  @FieldResolver(() => [QueueStint], { nullable: true, description: `Queues in which it waited, in order. ${WHEN_NULL}` })
  async queues(@Root() interaction: Interaction, @Ctx() context: RequestContext): Promise<QueueStint[] | null> {
    const found = await figures(context, interaction);
    return found?.queues?.map(({ queue, queuedAt }) => ({ queue, queuedAt: new Date(queuedAt) })) ?? null;
  }

  @FieldResolver(() => [AgentStint], { nullable: true, description: `Agents who handled it, in order. ${WHEN_NULL}` })
  async handledBy(@Root() interaction: Interaction, @Ctx() context: RequestContext): Promise<AgentStint[] | null> {
    const found = await figures(context, interaction);
    return (
      found?.handledBy?.map(({ agent, joinedAt, leftAt }) => ({
        agent: toAgent(agent),
        joinedAt: toDate(joinedAt),
        leftAt: toDate(leftAt),
      })) ?? null
    );
  }

  @FieldResolver(() => Int, { nullable: true, description: `Number of transfers to another queue. ${WHEN_NULL}` })
  async transferCount(@Root() interaction: Interaction, @Ctx() context: RequestContext): Promise<number | null> {
    return (await figures(context, interaction))?.transferCount ?? null;
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: `Seconds from queueing until the first agent joined; null until then. ${WHEN_NULL}`,
  })
  async waitSeconds(@Root() interaction: Interaction, @Ctx() context: RequestContext): Promise<number | null> {
    return (await figures(context, interaction))?.waitSeconds ?? null;
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: `Total seconds that agents handled it; null while an agent is still in it. ${WHEN_NULL}`,
  })
  async handleSeconds(@Root() interaction: Interaction, @Ctx() context: RequestContext): Promise<number | null> {
    return (await figures(context, interaction))?.handleSeconds ?? null;
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: `Seconds from the joining of the first agent to the first message of an agent; null until then. ${WHEN_NULL}`,
  })
  async firstResponseSeconds(@Root() interaction: Interaction, @Ctx() context: RequestContext): Promise<number | null> {
    return (await figures(context, interaction))?.firstResponseSeconds ?? null;
  }
}
