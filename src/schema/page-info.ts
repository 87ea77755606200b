import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a page lies in its list, by the Relay specification.' })
export class PageInfo {
  @Field(() => Boolean)
  hasNextPage!: boolean;

  @Field(() => Boolean)
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Of the first one on this page, for `before`; null where the page is empty.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Of the last one on this page, for `after`; null where the page is empty.' })
  endCursor!: string | null;
}
