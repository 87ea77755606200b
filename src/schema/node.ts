import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType('Node', {
  description: 'An object that can be fetched again by its `id` alone.',
  resolveType: (value: { __typename: string }) => value.__typename,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque global id, unique across all types of this schema.' })
  /** A getter in types with many objects per page, so that the id is only encoded if it is selected. */
  abstract readonly id: string;
}
