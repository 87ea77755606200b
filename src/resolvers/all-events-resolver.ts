import type { ResolverData } from 'type-graphql';
import { Arg, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import type { Deliveries } from '../events/port/log-subscription.js';
import type { Delivery } from '../events/port/stored-event.js';
import { FilteredSubscription } from '../events/delivery/filtered-subscription.js';
import type { EventType } from '../domain/event.js';
import type { Shard as DomainShard } from '../domain/shard.js';
import { ConversationEventType } from '../schema/conversation-event-type.js';
import { ConversationEvent } from '../schema/conversation-event.js';
import { Shard } from '../schema/shard.js';
import { TYPES_ARGUMENT, channelArgument, listArgument, shardArgument } from './arguments.js';
import { isInChannel } from './conversation-channels.js';
import { toConversationEvent } from './event-to-graphql.js';
import { requireChannel } from './require-channel.js';

async function followAll({ args, context: untyped }: ResolverData): Promise<Deliveries> {
  const context = untyped as RequestContext;
  const { after, types, channelId, shard } = args as FeedArguments;
  const wantedTypes = listArgument('types', types);
  const wanted = channelArgument('channelId', channelId);
  const wantedShard = shardArgument(shard);
  await requireChannel(context, 'channelId', wanted);
  const subscription = await context.log.subscribe('all', {
    onOverflow: context.onSlowConsumer,
    ...(after === null || after === undefined ? {} : { after }),
    ...(wantedTypes === null ? {} : { types: wantedTypes }),
    shard: wantedShard,
  });
  if (wanted === null) return subscription;
  const load = (id: string) => context.fork(({ loaders }) => loaders.conversation.load(id));
  return new FilteredSubscription(subscription, ({ event }) => isInChannel(event.conversationId, wanted, context, load));
}

/** Which events of all conversations are asked for. */
interface FeedArguments {
  readonly after?: string | null;
  readonly types?: readonly EventType[] | null;
  readonly channelId?: string | null;
  readonly shard?: DomainShard | null;
}

export const CHANNEL_ARGUMENT = {
  nullable: true,
  description:
    'Only events of conversations of this channel: its `id` or `channelId`; NOT_FOUND if there is none. Events do not name it, so the upstream is asked once for each conversation that the gateway does not remember.',
};
export const SHARD_ARGUMENT = {
  nullable: true,
  description: 'Only events of conversations in this shard, for workers that share the load; all conversations if omitted.',
};

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
    @Arg('channelId', () => ID, CHANNEL_ARGUMENT) _channelId?: string | null,
    @Arg('types', () => [ConversationEventType], TYPES_ARGUMENT)
    _types?: EventType[] | null,
    @Arg('shard', () => Shard, SHARD_ARGUMENT) _shard?: Shard | null,
  ): ConversationEvent {
    return toConversationEvent(delivery, services.history.ofEvent(delivery));
  }
}
