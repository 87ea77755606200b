import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { assignmentFromEvents } from '../domain/agents-from-events.js';
import type { EventType } from '../domain/event.js';
import { deriveState } from '../domain/state.js';
import type { ConversationState as State } from '../domain/state.js';
import { windowOfArray } from '../domain/window.js';
import { Assignment } from '../schema/assignment.js';
import { Channel } from '../schema/channel.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { ConversationEventConnection } from '../schema/conversation-event-connection.js';
import { ConversationEventType } from '../schema/conversation-event-type.js';
import type { ConversationEvent } from '../schema/conversation-event.js';
import { ConversationState } from '../schema/conversation-state.js';
import { Conversation } from '../schema/conversation.js';
import { Customer } from '../schema/customer.js';
import { DateTime } from '../schema/date-time.js';
import { InteractionConnection } from '../schema/interaction-connection.js';
import { Interaction } from '../schema/interaction.js';
import { MessageConnection } from '../schema/message-connection.js';
import type { Message } from '../schema/message.js';
import { Participant } from '../schema/participant.js';
import { STORED_TYPES_ARGUMENT, idArgument, requireFound, storedTypesArgument } from './arguments.js';
import { connection, toWindow } from './connections.js';
import { eventsOfConversation } from './conversation-events.js';
import { CHANNEL, INTERACTIONS, PARTICIPANTS, interactionsRead, messagesRead } from './conversation-reads.js';
import { messagesOfInteraction } from './interaction-messages.js';
import { ReadsAhead, readAhead } from './read-ahead.js';
import { toChannel, toInteraction, toMessage, toParticipant } from './to-graphql.js';
import { unavailableCustomer } from './unavailable-customer.js';

async function reconciledState(conversationId: string, { loaders, services }: RequestContext): Promise<State> {
  const record = requireFound(await loaders.conversation.load(conversationId));
  return deriveState((await services.projections.of(conversationId)).state, record);
}

async function customerOf(conversationId: string, loaders: RequestContext['loaders']): Promise<Customer> {
  return requireFound(await loaders.conversation.load(conversationId)).customer;
}

async function currentAssignment(conversationId: string, loaders: RequestContext['loaders']): Promise<Assignment | null> {
  const { assignment, upstreamState } = requireFound(await loaders.conversation.load(conversationId));
  if (assignment !== null || upstreamState !== 'ACTIVE') return assignment;
  return assignmentFromEvents(await loaders.handling.load(conversationId));
}

@Resolver(() => Conversation)
export class ConversationResolver {
  @FieldResolver(() => ConversationState, {
    description: "State derived from the conversation's events and, except in the inbox, reconciled with the upstream.",
  })
  state(@Root() { conversationId, shown }: Conversation, @Ctx() context: RequestContext): State | Promise<State> {
    return shown === undefined ? reconciledState(conversationId, context) : shown.state;
  }

  @ReadsAhead(() => CHANNEL)
  @FieldResolver(() => Channel, {
    nullable: true,
    description: 'Channel through which the conversation arrived; null if it has been deleted or you may not see it.',
  })
  async channel(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<Channel | null> {
    loaders.start(conversationId, [CHANNEL]);
    const { channelId } = requireFound(await loaders.conversation.load(conversationId));
    const record = channelId === null ? null : await loaders.channel.load(channelId);
    return record === null ? null : toChannel(record);
  }

  @FieldResolver(() => Customer, {
    description:
      'The customer, as last reported by the upstream; in the inbox, by its events if they report one. If the upstream cannot be asked there, the first selected field has the error and the others are null.',
  })
  customer(@Root() { conversationId, shown }: Conversation, @Ctx() { loaders }: RequestContext): Customer | Promise<Customer> {
    if (shown === undefined) return customerOf(conversationId, loaders);
    return shown.customer ?? customerOf(conversationId, loaders).catch((error: unknown) => unavailableCustomer(error as Error));
  }

  @FieldResolver(() => Assignment, {
    nullable: true,
    description:
      'Agent, queue or script the conversation is assigned to. Null if unknown, which is always so between interactions when the capability ASSIGNMENT is missing.',
  })
  assignment(
    @Root() { conversationId, shown }: Conversation,
    @Ctx() { loaders }: RequestContext,
  ): Assignment | null | Promise<Assignment | null> {
    return shown === undefined ? currentAssignment(conversationId, loaders) : shown.assignment;
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: "When the conversation was created, according to the contact centre's clock; null if unknown.",
  })
  async createdAt(@Root() { conversationId }: Conversation, @Ctx() { loaders, services }: RequestContext): Promise<Date | null> {
    const record = await loaders.conversation.load(conversationId);
    return record?.createdAt ?? (await services.projections.of(conversationId)).createdAt;
  }

  @ReadsAhead(() => PARTICIPANTS)
  @FieldResolver(() => [Participant], {
    nullable: true,
    description: 'Everyone who is or was in the conversation. Null, with an error, if the upstream could not be reached.',
  })
  async participants(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<Participant[]> {
    return (await loaders.participants.load(conversationId)).map((record) => toParticipant(conversationId, record));
  }

  @ReadsAhead(messagesRead)
  @FieldResolver(() => MessageConnection, {
    nullable: true,
    description:
      'Messages, oldest first; null if they cannot be read or if it is unknown which belong to `interactionId`. Cursors stay valid while new messages arrive.',
  })
  async messages(
    @Root() { conversationId }: Conversation,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
    @Arg('interactionId', () => ID, { nullable: true, description: 'Only messages of this interaction: its `id` or `interactionId`.' })
    interaction?: string | null,
  ): Promise<ConnectionOf<Message> | null> {
    if (interaction !== null && interaction !== undefined)
      return messagesOfInteraction(context, info, conversationId, idArgument('Interaction', 'interactionId', interaction), args);
    const list = `messages:${conversationId}`;
    const window = toWindow(list, args);
    readAhead(context, info, conversationId);
    return connection(list, window, await context.loaders.messages.window(conversationId, window), toMessage);
  }

  @ReadsAhead(() => INTERACTIONS)
  @FieldResolver(() => Interaction, { nullable: true, description: 'The interaction in progress; null if there is none.' })
  async currentInteraction(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<Interaction | null> {
    const current = (await loaders.interactions.load(conversationId)).findLast(({ endedAt }) => endedAt === null);
    return current === undefined ? null : toInteraction(conversationId, current);
  }

  @ReadsAhead(interactionsRead)
  @FieldResolver(() => InteractionConnection, {
    nullable: true,
    description: 'Interactions, oldest first; null, with an error, if they cannot be read.',
  })
  async interactions(
    @Root() { conversationId }: Conversation,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { loaders }: RequestContext,
  ): Promise<ConnectionOf<Interaction>> {
    const list = `interactions:${conversationId}`;
    const window = toWindow(list, args);
    const all = await loaders.interactions.load(conversationId);
    return connection(list, window, windowOfArray(window, all), (record) => toInteraction(conversationId, record));
  }

  @FieldResolver(() => [Participant], {
    description: 'Participants who are typing now, according to the events received; empty if nobody is.',
  })
  async typing(@Root() { conversationId }: Conversation, @Ctx() { services }: RequestContext): Promise<Participant[]> {
    return (await services.typing.in(conversationId)).map((record) => toParticipant(conversationId, record));
  }

  @FieldResolver(() => String, {
    description:
      'Log position taken before the rest of this conversation was read. Subscribe with `after: latestCursor` to continue without a gap.',
  })
  latestCursor(@Root() { conversationId }: Conversation, @Ctx() { loaders }: RequestContext): Promise<string> {
    return loaders.cursor({ conversationId });
  }

  @FieldResolver(() => ConversationEventConnection, {
    description: 'Stored events of the conversation in log order. Cursors are the same as those of subscriptions.',
  })
  events(
    @Root() { conversationId }: Conversation,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() context: RequestContext,
    @Arg('types', () => [ConversationEventType], STORED_TYPES_ARGUMENT)
    types?: EventType[] | null,
  ): Promise<ConnectionOf<ConversationEvent>> {
    return eventsOfConversation(context, conversationId, args, storedTypesArgument(types));
  }
}
