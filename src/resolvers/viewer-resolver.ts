import { Ctx, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Viewer } from '../schema/viewer.js';

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'The caller: role, accessible conversations and expiry of the token.' })
  viewer(@Ctx() { viewer }: RequestContext): Viewer {
    return viewer;
  }
}
