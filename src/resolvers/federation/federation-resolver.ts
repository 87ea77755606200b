import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../../context/request-context.js';
import { BadUserInputError } from '../../domain/errors.js';
import { MAX_REPRESENTATIONS } from '../../domain/page-limit.js';
import { Any } from '../../schema/federation/any.js';
import { Entity } from '../../schema/federation/entity.js';
import { Service } from '../../schema/federation/service.js';
import type { Node } from '../../schema/node.js';
import { findEntity } from './find-entity.js';
import { printSubgraph } from './print-subgraph.js';

/** What a subgraph of Apollo Federation has for its router (https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec). */
@Resolver()
export class FederationResolver {
  @Query(() => Service, { description: 'Schema of this subgraph, for composition.' })
  _service(@Info() { schema }: GraphQLResolveInfo): Service {
    return { sdl: printSubgraph(schema) };
  }

  @Query(() => [Entity], {
    nullable: 'items',
    description:
      'The entities with these keys, in the order of `representations`. Null for each one that does not exist or that you may not see.',
  })
  _entities(
    @Arg('representations', () => [Any], {
      description: `Representations of the entities, at most ${MAX_REPRESENTATIONS}: \`__typename\` and a key of each.`,
    })
    representations: unknown[],
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Node | null>[] {
    const { length } = representations;
    if (length > MAX_REPRESENTATIONS)
      throw new BadUserInputError(`\`representations\` must hold at most ${MAX_REPRESENTATIONS} entities; got ${length}.`);
    return representations.map((one) => findEntity(one, context, info));
  }
}
