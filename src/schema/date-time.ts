import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';
import { toIsoString } from '../domain/iso-date.js';

const { serialize, ...config } = GraphQLDateTimeISO.toConfig();
const isValid = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime());

export const DateTime = new GraphQLScalarType({
  ...config,
  // The fast path: resolvers return valid dates, which need no further checks.
  serialize: (value) => (isValid(value) ? toIsoString(value) : serialize(value)),
  name: 'DateTime',
  description: 'Point in time as an RFC 3339 timestamp in UTC with milliseconds, such as `2026-01-01T00:00:00.000Z`.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
});
