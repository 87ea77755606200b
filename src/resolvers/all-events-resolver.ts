import { LRUCache } from 'lru-cache';
import type { ResolverData } from 'type-graphql';
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { Deliveries, Delivery } from '../events/port/event-log.js';
import { FilteredSubscription } from '../events/delivery/filtered-subscription.js';
import type { EventType } from '../domain/event.js';
import { ConversationEventType } from '../schema/conversation-event-type.js';
import { ConversationEvent } from '../schema/conversation-event.js';
import { idArgument } from './arguments.js';
import { toConversationEvent } from './event-to-graphql.js';

/** Of how many conversations one subscription remembers the channel. */
const CHANNELS_REMEMBERED = 10_000;

async function followAll({ args, context: untyped }: ResolverData): Promise<Deliveries> {
  const context = untyped as RequestContext;
  const { after, types, channelId } = args as { after?: string | null; types?: EventType[] | null; channelId?: string | null };
  const wanted = channelId === null || channelId === undefined ? null : idArgument('Channel', 'channelId', channelId);
  const subscription = await context.log.subscribe('all', {
    onOverflow: context.onSlowConsumer,
    ...(after === null || after === undefined ? {} : { after }),
    ...(types ? { types } : {}),
  });
  return wanted === null ? subscription : new FilteredSubscription(subscription, inChannel(wanted, context));
}

/** Asks the upstream for a conversation's channel once; it never changes. Events of no conversation are of no channel. */
function inChannel(channelId: string, context: RequestContext): (delivery: Delivery) => Promise<boolean> {
  const known = new LRUCache<string, { channelId: string | null }>({ max: CHANNELS_REMEMBERED });
  return async ({ event: { conversationId } }) => {
    if (conversationId === null) return false;
    let channel = known.get(conversationId);
    if (channel === undefined) {
      const record = await context.fork(({ loaders }) => loaders.conversation.load(conversationId));
      channel = { channelId: record?.channelId ?? null };
      known.set(conversationId, channel);
    }
    return channel.channelId === channelId;
  };
}

@Resolver()
export class AllEventsResolver {
  @Subscription(() => ConversationEvent, {
    description:
      'Events of all conversations. Start after `gateway { latestCursor }` and resume after the cursor of the last event received.',
    subscribe: followAll as never,
  })
  allConversationEvents(
    @Root() delivery: Delivery,
    @Ctx() { services }: RequestContext,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'Log position (a `cursor` of this subscription or `Gateway.latestCursor`): stored events after it first, then live events. Live events only if omitted.',
    })
    _after?: string | null,
    @Arg('channelId', () => ID, { nullable: true, description: 'Only events of conversations of this channel: its `id` or `channelId`.' })
    _channelId?: string | null,
    @Arg('types', () => [ConversationEventType], { nullable: true, description: 'Only events of these types; all types if omitted.' })
    _types?: EventType[] | null,
  ): ConversationEvent {
    return toConversationEvent(delivery, services.history.ofEvent(delivery));
  }
}
