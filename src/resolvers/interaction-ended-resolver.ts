import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { endReason } from '../domain/end-reason.js';
import type { InteractionEndReason as DomainEndReason } from '../domain/events/event-table.js';
import { InteractionEndReason } from '../schema/interaction-end-reason.js';
import { InteractionEnded } from '../schema/interaction-ended.js';

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
