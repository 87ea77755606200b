import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, ID, Info, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { BadUserInputError } from '../domain/errors.js';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';
import { Node } from '../schema/node.js';
import { findNode } from './find-node.js';

@Resolver()
export class NodeResolver {
  @Query(() => Node, { nullable: true, description: 'The object with this global id. Null if it does not exist or you may not see it.' })
  node(
    @Arg('id', () => ID, { description: 'Global `id` of the object.' }) id: string,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Node | null> {
    return findNode(id, context, info);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'The objects with these global ids, in the order of `ids`. Null for each one that does not exist or that you may not see.',
  })
  nodes(
    @Arg('ids', () => [ID], { description: `Global ids of the objects, at most ${MAX_PAGE_SIZE}.` }) ids: string[],
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Node | null>[] {
    if (ids.length > MAX_PAGE_SIZE) throw new BadUserInputError(`\`ids\` must hold at most ${MAX_PAGE_SIZE} ids; got ${ids.length}.`);
    return ids.map((id) => this.node(id, context, info));
  }
}
