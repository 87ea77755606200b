import { ArgsType, Field, Int } from 'type-graphql';
import { MAX_PAGE_SIZE } from '../domain/page-limit.js';

/** What every connection takes: exactly one of `first` and `last`, up to `MAX_PAGE_SIZE`. */
@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many from the start (or after \`after\`): 1 to ${MAX_PAGE_SIZE}. Give exactly one of \`first\` and \`last\`.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list: only what comes after it.' })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many from the end (or before \`before\`): 1 to ${MAX_PAGE_SIZE}. Give exactly one of \`first\` and \`last\`.`,
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list: only what comes before it.' })
  before?: string | null;
}
