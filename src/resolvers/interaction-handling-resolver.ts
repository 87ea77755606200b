import { Args, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { interactionAt } from '../domain/interaction-metrics.js';
import type { HandlingFigures } from '../domain/interaction-figures.js';
import { AgentStint } from '../schema/agent-stint.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { Conversation } from '../schema/conversation.js';
import { Interaction } from '../schema/interaction.js';
import { MessageConnection } from '../schema/message-connection.js';
import { Message } from '../schema/message.js';
import { QueueStint } from '../schema/queue-stint.js';
import { messagesOfInteraction } from './interaction-messages.js';
import { toAgent, toInteraction } from './to-graphql.js';

const WHEN_NULL = 'Null unless the log contains all events of the interaction from its start.';

/** The figures of an interaction; null unless the log holds it from its start. */
async function figures({ loaders }: RequestContext, { conversationId, interactionId }: Interaction): Promise<HandlingFigures | null> {
  return (await loaders.figures.load(conversationId)).get(interactionId ?? '') ?? null;
}

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(at));

@Resolver(() => Interaction)
export class InteractionHandlingResolver {
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
        joinedAt: dateOf(joinedAt),
        leftAt: dateOf(leftAt),
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

@Resolver(() => Interaction)
export class InteractionMessagesResolver {
  @FieldResolver(() => MessageConnection, {
    nullable: true,
    description: 'Messages of this interaction, oldest first; null if it is unknown which they are.',
  })
  messages(
    @Root() { conversationId, interactionId }: Interaction,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: RequestContext,
  ): Promise<ConnectionOf<Message> | null> {
    return messagesOfInteraction(context, conversationId, interactionId ?? '', args);
  }
}

@Resolver(() => Conversation)
export class CurrentInteractionResolver {
  @FieldResolver(() => Interaction, { nullable: true, description: 'The interaction in progress; null if there is none.' })
  async currentInteraction(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<Interaction | null> {
    const current = (await loaders.interactions.load(conversationId)).findLast(({ endedAt }) => endedAt === null);
    return current === undefined ? null : toInteraction(conversationId, current);
  }
}

@Resolver(() => Message)
export class MessageInteractionResolver {
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
