import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description: 'An object that can be fetched again by its `id` alone.',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque global id, unique across all types of this schema.' })
  /** Worked out only where it is asked for, of objects of which there are many to a page. */
  abstract readonly id: string;
}
