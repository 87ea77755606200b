import { ArgsType, Field, Int } from 'type-graphql';

/** What every connection takes: exactly one of `first` and `last`, 1 to 100. */
@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the start (or after `after`): 1 to 100. Give exactly one of `first` and `last`.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list: only what comes after it.' })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many from the end (or before `before`): 1 to 100. Give exactly one of `first` and `last`.',
  })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list: only what comes before it.' })
  before?: string | null;
}
