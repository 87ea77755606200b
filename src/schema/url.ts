import { GraphQLScalarType } from 'graphql';
import { GraphQLURL } from 'graphql-scalars';

export const Url = new GraphQLScalarType({ ...GraphQLURL.toConfig(), name: 'URL', description: 'An absolute URL (RFC 3986).' });
