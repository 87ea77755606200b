import type { FieldNode, GraphQLFieldResolver, GraphQLSchema } from 'graphql';

/** How a mutation's field ended: calling it returns the value, or throws the error. */
type Outcome = () => unknown;

const memoized = new WeakSet<GraphQLSchema>();
/** By the context of its operation and its place in the document; null if it is to be kept and was not executed yet. */
const outcomes = new WeakMap<object, Map<FieldNode, Outcome | null>>();

/**
 * Lets an operation with one mutation be executed twice on the same context, without making its change twice: the second execution gets what the first field returned, or
 * threw. Only for operations that `keepOutcome` was called for.
 */
export function memoizeMutations(schema: GraphQLSchema): GraphQLSchema {
  if (memoized.has(schema)) return schema;
  memoized.add(schema);
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve !== undefined) field.resolve = resolveOnce(resolve);
  }
  return schema;
}

/** Has the outcome of an operation's only field kept for its second execution. False if that is impossible: the operation must then be executed once. */
export function keepOutcome(schema: GraphQLSchema, field: FieldNode, context: unknown): boolean {
  if (!memoized.has(schema) || typeof context !== 'object' || context === null) return false;
  const kept = outcomes.get(context) ?? new Map<FieldNode, Outcome | null>();
  if (!kept.has(field)) kept.set(field, null);
  outcomes.set(context, kept);
  return true;
}

function resolveOnce(resolve: GraphQLFieldResolver<unknown, unknown>): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, context, info) => {
    const [field] = info.fieldNodes;
    const kept = typeof context === 'object' && context !== null ? outcomes.get(context) : undefined;
    if (kept === undefined || field === undefined || !kept.has(field)) return resolve(source, args, context, info);
    const outcome = kept.get(field) ?? attempt(() => resolve(source, args, context, info));
    kept.set(field, outcome);
    return outcome();
  };
}

/** A promise is returned as it is, settled or not. */
function attempt(execute: () => unknown): Outcome {
  try {
    const value = execute();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
