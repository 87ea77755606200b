import { coerceInputValue, getVariableValues, isInputType, isNonNullType, isScalarType, getNullableType, typeFromAST } from 'graphql';
import type { GraphQLInputType, GraphQLSchema, OperationDefinitionNode } from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/** As many mistakes in its variables as `graphql` reports of one request. */
const MAX_VARIABLE_ERRORS = 50;

/** Of GraphQL's own scalars, the values that coercion returns as they are. */
const UNCHANGED: Readonly<Record<string, (value: unknown) => boolean>> = {
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => typeof value === 'number' && (value | 0) === value,
};

/** A variable of an operation. */
interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  /** False for values that coercion may change, or reject. */
  readonly isUnchanged: (value: unknown) => boolean;
}

/**
 * Coerces the variables of operations as `graphql` does, with their types looked up once and not at each execution. Values of GraphQL's own scalars that stay as they are
 * (`$id: ID!`, `$last: Int`) need no more than a look at each: that is most of what coercion costs in a query that is executed by generated code. Omitted variables, and
 * whatever is wrong, go through `graphql`.
 */
export class CoercedVariables {
  readonly #known = new WeakMap<OperationDefinitionNode, readonly Variable[] | null>();

  /** Null if `graphql` rejects them. */
  coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, given: unknown): Variables | null {
    const { variableDefinitions = [] } = operation;
    if (variableDefinitions.length === 0) return {};
    const values = Object(given ?? {}) as Variables;
    const coerced = coerceAll(this.#variablesOf(schema, operation), values);
    return coerced ?? getVariableValues(schema, variableDefinitions, values, { maxErrors: MAX_VARIABLE_ERRORS }).coerced ?? null;
  }

  #variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly Variable[] | null {
    let known = this.#known.get(operation);
    if (known === undefined) {
      known = findVariables(schema, operation);
      this.#known.set(operation, known);
    }
    return known;
  }
}

/** Null if a type is unknown. */
function findVariables(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): readonly Variable[] | null {
  const found = variableDefinitions.flatMap(({ variable, type: node }): Variable[] => {
    const type = typeFromAST(schema, node);
    if (!isInputType(type)) return [];
    const nullable = getNullableType(type);
    const isUnchanged = isScalarType(nullable) ? UNCHANGED[nullable.name] : undefined;
    return [{ name: variable.name.value, type, isUnchanged: isUnchanged ?? (() => false) }];
  });
  return found.length === variableDefinitions.length ? found : null;
}

/** Null if one is absent or wrong. */
function coerceAll(variables: readonly Variable[] | null, values: Variables): Variables | null {
  if (variables === null) return null;
  const coerced: Record<string, unknown> = {};
  let mistakes = 0;
  for (const { name, type, isUnchanged } of variables) {
    const value = values[name];
    if (isUnchanged(value)) coerced[name] = value;
    else {
      if (!Object.hasOwn(values, name) || (value === null && isNonNullType(type))) return null;
      coerced[name] = coerceInputValue(value, type, () => {
        mistakes += 1;
      });
    }
  }
  return mistakes > 0 ? null : coerced;
}
