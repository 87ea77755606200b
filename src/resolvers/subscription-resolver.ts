import type { ResolverData } from 'type-graphql';
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { Deliveries } from '../events/port/log-subscription.js';
import type { Delivery } from '../events/port/stored-event.js';
import { ObservedSubscription } from '../events/delivery/observed-subscription.js';
import type { EventType } from '../domain/event.js';
import { AGENT_ACTIVITY_TYPES, AgentActivity } from '../schema/agent-activity.js';
import { ConversationEventType } from '../schema/conversation-event-type.js';
import { ConversationEvent } from '../schema/conversation-event.js';
import { MessageAdded } from '../schema/message-added.js';
import { TYPES_ARGUMENT, eitherId, idArgument, listArgument } from './arguments.js';
import { toConversationEvent } from './event-to-graphql.js';

const AFTER = {
  nullable: true,
  description:
    'Log position (a `cursor` of this conversation or its `latestCursor`): stored events after it first, then live events, without gaps or duplicates. Live events only if omitted.',
};

/** Arguments are read here, since type-graphql converts and validates none at subscribe time. */
const following =
  (types?: readonly EventType[]) =>
  async ({ args, context }: ResolverData): Promise<Deliveries> => {
    const { log, loaders, onSlowConsumer, services, viewer } = context as RequestContext;
    const wanted = types ?? listArgument('types', args['types'] as EventType[] | null | undefined);
    const conversationId = idArgument('Conversation', 'conversationId', args['conversationId'] as string);
    const after = (args['after'] as string | null | undefined) ?? null;
    // Whoever has a cursor of the conversation has seen it: resuming needs no upstream. The log rejects a cursor that is not of this conversation.
    if (after === null) await loaders.requireConversation(conversationId);
    const subscription = await log.subscribe(
      { conversationId },
      { onOverflow: onSlowConsumer, ...(after === null ? {} : { after }), ...(wanted ? { types: wanted } : {}) },
    );
    if (services.presence === null || viewer.role !== 'CUSTOMER') return subscription;
    return new ObservedSubscription(subscription, services.presence.enter(conversationId));
  };

@Resolver()
export class SubscriptionResolver {
  @Subscription(() => ConversationEvent, {
    description: 'Events of one conversation.',
    subscribe: following() as never,
  })
  conversationEvents(
    @Root() delivery: Delivery,
    @Ctx() { services }: RequestContext,
    @Arg('conversationId', () => ID, eitherId('conversation')) _conversationId: string,
    @Arg('after', () => String, AFTER) _after?: string | null,
    @Arg('types', () => [ConversationEventType], TYPES_ARGUMENT)
    _types?: EventType[] | null,
  ): ConversationEvent {
    return toConversationEvent(delivery, services.history.ofEvent(delivery));
  }

  @Subscription(() => MessageAdded, { description: 'New messages of one conversation.', subscribe: following(['MESSAGE_ADDED']) as never })
  messageAdded(
    @Root() delivery: Delivery,
    @Ctx() { services }: RequestContext,
    @Arg('conversationId', () => ID, eitherId('conversation')) _conversationId: string,
    @Arg('after', () => String, AFTER) _after?: string | null,
  ): ConversationEvent {
    return toConversationEvent(delivery, services.history.ofEvent(delivery));
  }

  @Subscription(() => AgentActivity, {
    description: 'Queue, agent and typing events of one conversation, without messages.',
    subscribe: following(AGENT_ACTIVITY_TYPES) as never,
  })
  agentActivity(
    @Root() delivery: Delivery,
    @Ctx() _context: RequestContext,
    @Arg('conversationId', () => ID, eitherId('conversation')) _conversationId: string,
    @Arg('after', () => String, AFTER) _after?: string | null,
  ): typeof AgentActivity {
    return toConversationEvent(delivery, null) as typeof AgentActivity;
  }
}
