import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Gateway } from '../schema/gateway.js';

@Resolver(() => Gateway)
export class GatewayResolver {
  @Query(() => Gateway, { description: 'This gateway and its capabilities.' })
  gateway(@Ctx() { api, services }: RequestContext): Omit<Gateway, 'latestCursor'> {
    return {
      version: services.version,
      upstream: api.kind,
      capabilities: [...api.capabilities].filter((capability) => capability !== 'HEALING' || services.healer !== null),
    };
  }

  @FieldResolver(() => String, {
    description: 'Current end of the log across all conversations; start `allConversationEvents` or `eventFeed` after it.',
  })
  latestCursor(@Ctx() { loaders }: RequestContext): Promise<string> {
    return loaders.cursor('all');
  }
}
