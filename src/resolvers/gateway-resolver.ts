import { Ctx, FieldResolver, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Gateway } from '../schema/gateway.js';

@Resolver(() => Gateway)
export class GatewayResolver {
  @Query(() => Gateway, { description: 'This server, and what it can do.' })
  gateway(@Ctx() { api, services }: RequestContext): Omit<Gateway, 'latestCursor'> {
    return { version: services.version, upstream: api.kind, capabilities: [...api.capabilities] };
  }

  @FieldResolver(() => String, { description: 'The end of the log over all conversations, for services that follow them all.' })
  latestCursor(@Ctx() { loaders }: RequestContext): Promise<string> {
    return loaders.cursor('all');
  }
}
