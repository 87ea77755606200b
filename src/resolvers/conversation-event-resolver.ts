import { Arg, Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { endReason } from '../domain/end-reason.js';
import type { EventType, InteractionEndReason as DomainEndReason } from '../domain/event.js';
import { AgentLeft } from '../schema/agent-left.js';
import { ConnectionArgs } from '../schema/connection-args.js';
import type { ConnectionOf } from '../schema/connection.js';
import { ConversationEventConnection } from '../schema/conversation-event-connection.js';
import { ConversationEventType } from '../schema/conversation-event-type.js';
import { ConversationEvent } from '../schema/conversation-event.js';
import { Conversation } from '../schema/conversation.js';
import { InteractionEndReason } from '../schema/interaction-end-reason.js';
import { InteractionEnded } from '../schema/interaction-ended.js';
import { pageSize } from './connections.js';
import { toConversationEvent } from './event-to-graphql.js';
import { toConversation } from './to-graphql.js';

@Resolver(() => ConversationEvent)
export class ConversationEventResolver {
  @FieldResolver(() => Conversation, {
    nullable: true,
    description:
      'Current state of the conversation, not a snapshot at the time of the event. Selecting its fields may cost upstream calls.',
  })
  conversation(@Root() { conversationId }: ConversationEvent): Conversation | null {
    return conversationId === null ? null : toConversation(conversationId);
  }
}

@Resolver(() => AgentLeft)
export class AgentLeftResolver {
  @FieldResolver(() => Boolean, {
    nullable: true,
    description:
      'True if the interaction ended, false if it continues with another agent, null if not decided yet. An `InteractionEnded` event follows when it ends.',
  })
  async endsInteraction(@Root() { id, conversationId }: AgentLeft, @Ctx() { services }: RequestContext): Promise<boolean | null> {
    if (conversationId === null) return null;
    return (await services.projections.of(conversationId)).endsInteraction.get(id) ?? null;
  }
}

@Resolver(() => InteractionEnded)
export class InteractionEndedResolver {
  @FieldResolver(() => InteractionEndReason, {
    description:
      'Why it ended, according to all events received so far; an event that arrives late can correct the reason delivered before.',
  })
  async reason(@Root() { id, conversationId, reason }: InteractionEnded, @Ctx() { services }: RequestContext): Promise<DomainEndReason> {
    if (conversationId === null || reason === 'CUSTOMER_LEFT') return reason;
    const events = await services.projections.stateEvents(conversationId);
    const ended = events.find((event) => event.type === 'INTERACTION_ENDED' && event.id === id);
    return ended?.type === 'INTERACTION_ENDED' ? endReason(ended, events) : reason;
  }
}

@Resolver(() => Conversation)
export class ConversationEventsFieldResolver {
  @FieldResolver(() => ConversationEventConnection, {
    description: 'Stored events of the conversation in log order. Cursors are the same as those of subscriptions.',
  })
  async events(
    @Root() { conversationId }: Conversation,
    @Args(() => ConnectionArgs) { after, before, ...size }: ConnectionArgs,
    @Ctx() { log, services }: RequestContext,
    @Arg('types', () => [ConversationEventType], { nullable: true, description: 'Only events of these types; all types if omitted.' })
    types?: EventType[] | null,
  ): Promise<ConnectionOf<ConversationEvent>> {
    const { kind, count } = pageSize(size);
    const page = await log.read(
      { conversationId },
      {
        limit: count,
        fromEnd: kind === 'last',
        // An empty cursor is a wrong one, not none.
        ...(typeof after === 'string' ? { after } : {}),
        ...(typeof before === 'string' ? { before } : {}),
        ...(types ? { types } : {}),
      },
    );
    const edges = page.events.map((logged) => ({
      cursor: logged.cursor,
      node: toConversationEvent({ event: logged.event, cursor: logged.cursor, replayed: true }, services.history.ofEvent(logged)),
    }));
    return {
      edges,
      nodes: edges.map(({ node }) => node),
      pageInfo: {
        hasNextPage: kind === 'first' ? page.hasMore : Boolean(before),
        hasPreviousPage: kind === 'last' ? page.hasMore : Boolean(after),
        startCursor: edges[0]?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
      totalCount: null,
    };
  }
}
