import { GraphQLScalarType } from 'graphql';

/** A representation of an entity, as a router sends it: its `__typename` and the fields of one of its keys. Checked by the resolver, one by one. */
export const Any = new GraphQLScalarType({
  name: '_Any',
  description: 'Representation of an entity: its `__typename` and the fields of one of its keys. Defined by Apollo Federation.',
});
