import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { AgentLeft } from '../schema/agent-left.js';

@Resolver(() => AgentLeft)
export class AgentLeftResolver {
  @FieldResolver(() => Boolean, {
    nullable: true,
    description:
      'True: the interaction is over. False: it goes on with another agent. Null: not settled yet; an `InteractionEnded` tells when it is over.',
  })
  async endsInteraction(@Root() { id, conversationId }: AgentLeft, @Ctx() { services }: RequestContext): Promise<boolean | null> {
    if (conversationId === null) return null;
    return (await services.projections.of(conversationId)).endsInteraction.get(id) ?? null;
  }
}
