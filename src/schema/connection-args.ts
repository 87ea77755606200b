import { ArgsType, Field, Int } from 'type-graphql';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';

/** What every connection takes: exactly one of `first` and `last`, up to `MAX_PAGE_SIZE`. */
@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, {
    nullable: true,
    description: `Number of items from the start of the list, or after \`after\`: 1 to ${MAX_PAGE_SIZE}. Exactly one of \`first\` and \`last\` is required: there is no default.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list; only items after it are returned.' })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `Number of items from the end of the list, or before \`before\`: 1 to ${MAX_PAGE_SIZE}. Exactly one of \`first\` and \`last\` is required: there is no default.`,
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list; only items before it are returned.' })
  before?: string | null;
}
