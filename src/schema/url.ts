import { GraphQLScalarType } from 'graphql';
import { GraphQLURL } from 'graphql-scalars';

/** Inputs are validated. Outputs are passed through as the contact centre stores them, so that one malformed URL does not fail a whole list. */
export const Url = new GraphQLScalarType({
  ...GraphQLURL.toConfig(),
  name: 'URL',
  description: 'An absolute URL (RFC 3986).',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3986',
  serialize: String,
});
