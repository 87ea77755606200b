import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { AgentLeft } from '../schema/agent-left.js';

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
