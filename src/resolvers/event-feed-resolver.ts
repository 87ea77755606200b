import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { BadUserInputError } from '../domain/errors.js';
import type { ConversationEvent as DomainEvent, EventType } from '../domain/event.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import { isInShard } from '../domain/shard.js';
import type { Shard as DomainShard } from '../domain/shard.js';
import { MAX_EXAMINED, readFeed } from '../events/delivery/read-feed.js';
import type { FeedQuery, Verdict } from '../events/delivery/read-feed.js';
import type { ConnectionOf } from '../schema/connection.js';
import { ConversationEventConnection } from '../schema/conversation-event-connection.js';
import { ConversationEventType } from '../schema/conversation-event-type.js';
import type { ConversationEvent } from '../schema/conversation-event.js';
import { Shard } from '../schema/shard.js';
import { CHANNEL_ARGUMENT, SHARD_ARGUMENT } from './all-events-resolver.js';
import { STORED_TYPES_ARGUMENT, channelArgument, shardArgument, storedTypesArgument } from './arguments.js';
import { Examines } from './examined.js';
import { isInChannel } from './conversation-channels.js';
import { toConversationEvent } from './event-to-graphql.js';
import { requireChannel } from './require-channel.js';

/** Of how many conversations the channel is asked for in one call, at most. */
const MAX_CHANNELS_READ = 20;

@Resolver()
export class EventFeedResolver {
  @Examines({ filters: ['types', 'channelId', 'shard'], cost: MAX_EXAMINED })
  @Query(() => ConversationEventConnection, {
    description: `Stored events of all conversations after a cursor, oldest first: \`allConversationEvents\` by polling, for cron jobs and serverless functions. Continue after \`pageInfo.endCursor\`, also of an empty page, immediately while \`hasNextPage\`: a call examines ${MAX_EXAMINED} events at most, wanted or not.`,
  })
  async eventFeed(
    @Ctx() context: RequestContext,
    @Arg('after', () => String, {
      nullable: true,
      description:
        'Log position: `endCursor` of the last call, a cursor of `allConversationEvents`, or `Gateway.latestCursor` to begin now. From the oldest stored event if omitted.',
    })
    after?: string | null,
    @Arg('first', () => Int, { nullable: true, description: `Number of events: 1 to ${MAX_PAGE_SIZE}; ${MAX_PAGE_SIZE} if omitted.` })
    first?: number | null,
    @Arg('types', () => [ConversationEventType], STORED_TYPES_ARGUMENT)
    types?: EventType[] | null,
    @Arg('channelId', () => ID, CHANNEL_ARGUMENT) channelId?: string | null,
    @Arg('shard', () => Shard, SHARD_ARGUMENT) shard?: Shard | null,
  ): Promise<ConnectionOf<ConversationEvent>> {
    const limit = first ?? MAX_PAGE_SIZE;
    if (limit < 1 || limit > MAX_PAGE_SIZE) throw new BadUserInputError(`\`first\` must be between 1 and ${MAX_PAGE_SIZE}; got ${limit}.`);
    const channel = channelArgument('channelId', channelId);
    const wants = createFilter(context, storedTypesArgument(types), channel, shardArgument(shard));
    await requireChannel(context, 'channelId', channel);
    const { events, endCursor, hasMore } = await readFeed(context.log, { after: after ?? null, limit, wants });
    const { history } = context.services;
    const edges = events.map((stored) => ({
      cursor: stored.cursor,
      node: toConversationEvent({ event: stored.event, cursor: stored.cursor, replayed: true }, history.ofEvent(stored)),
    }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: {
        hasNextPage: hasMore,
        hasPreviousPage: typeof after === 'string',
        startCursor: edges[0]?.cursor ?? null,
        endCursor,
      },
      totalCount: null,
    };
  }
}

/** Null for every event. */
function createFilter(
  context: RequestContext,
  types: readonly EventType[] | null,
  channelId: string | null,
  shard: DomainShard | null,
): FeedQuery['wants'] {
  if (types === null && channelId === null && shard === null) return null;
  const isPlainlyWanted = ({ type, conversationId }: DomainEvent) =>
    (types?.includes(type) ?? true) && (shard === null || isInShard(conversationId, shard));
  if (channelId === null) return isPlainlyWanted;
  let channelsRead = 0;
  return (event): Verdict | Promise<Verdict> => {
    if (!isPlainlyWanted(event)) return false;
    const isUnknown = event.conversationId !== null && !context.services.known.has(event.conversationId);
    if (isUnknown && channelsRead === MAX_CHANNELS_READ) return 'STOP';
    if (isUnknown) channelsRead += 1;
    return isInChannel(event.conversationId, channelId, context);
  };
}
