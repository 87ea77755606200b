import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description: 'Anything that can be fetched again by its `id` alone.',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Unique over everything in this schema, and opaque.' })
  /** Worked out only where it is asked for, of objects of which there are many to a page. */
  abstract readonly id: string;
}
