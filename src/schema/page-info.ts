import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Position of a page in its list, as defined by the Relay cursor connections specification.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'True if there are items after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'True if there are items before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item on this page, for `before`; null if the page is empty.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the last item on this page, for `after`; null if the page is empty. Of `eventFeed`: of the last event examined, never null.',
  })
  endCursor!: string | null;
}
