import { GraphQLScalarType } from 'graphql';
import { GraphQLJSON } from 'graphql-scalars';
import { isNestedDeeperThan } from '../domain/nesting-depth.js';

/** Real cards are far below this limit. It protects serializers, which recurse once per level. */
const MAX_JSON_DEPTH = 100;

function requireBoundedDepth(value: unknown): unknown {
  if (isNestedDeeperThan(MAX_JSON_DEPTH, value)) throw new TypeError(`JSON may be nested ${MAX_JSON_DEPTH} levels deep at most.`);
  return value;
}

const { parseValue, parseLiteral, ...config } = GraphQLJSON.toConfig();
export const Json = new GraphQLScalarType({
  ...config,
  name: 'JSON',
  description: `Any JSON value. In inputs, nested at most ${MAX_JSON_DEPTH} levels deep.`,
  parseValue: (value) => requireBoundedDepth(parseValue(value)),
  parseLiteral: (node, variables) => requireBoundedDepth(parseLiteral(node, variables)),
});
