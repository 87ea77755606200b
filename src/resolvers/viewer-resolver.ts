import { Ctx, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../context/request-context.js';
import { Viewer } from '../schema/viewer.js';

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: 'Who am I, what may I do, and until when.' })
  viewer(@Ctx() { viewer }: RequestContext): Viewer {
    return viewer;
  }
}
