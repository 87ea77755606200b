import { ArgsType, Field, Int } from 'type-graphql';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';

/** How many conversations a page has, from the top, if neither `first` nor `last` is set. */
export const DEFAULT_PAGE = 20;

/** The page of the inbox that is asked for: at most one of `first` and `last`, up to `MAX_PAGE_SIZE`. */
@ArgsType()
export class InboxArgs {
  @Field(() => Int, {
    nullable: true,
    description: `Number of conversations from the top, or below \`after\`: 1 to ${MAX_PAGE_SIZE}; ${DEFAULT_PAGE} if neither \`first\` nor \`last\` is set.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of the inbox; only conversations below it are returned.' })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `Number of conversations from the bottom, or above \`before\`: 1 to ${MAX_PAGE_SIZE}. Not with \`first\`.`,
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of the inbox; only conversations above it are returned.' })
  before?: string | null;
}
