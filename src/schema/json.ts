import { GraphQLScalarType } from 'graphql';
import { GraphQLJSON } from 'graphql-scalars';
import { isNestedDeeperThan } from '../domain/nesting-depth.js';

/** No card comes near it, and what writes JSON calls itself for each level. */
const MAX_JSON_LEVELS = 100;

function bounded(value: unknown): unknown {
  if (isNestedDeeperThan(MAX_JSON_LEVELS, value)) throw new TypeError(`JSON may be nested ${MAX_JSON_LEVELS} levels deep at most.`);
  return value;
}

const { parseValue, parseLiteral, ...config } = GraphQLJSON.toConfig();
export const Json = new GraphQLScalarType({
  ...config,
  name: 'JSON',
  description: `Any JSON value. In inputs, nested at most ${MAX_JSON_LEVELS} levels deep.`,
  parseValue: (value) => bounded(parseValue(value)),
  parseLiteral: (node, variables) => bounded(parseLiteral(node, variables)),
});
