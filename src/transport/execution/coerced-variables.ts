import { coerceInputValue, getVariableValues, isInputType, isNonNullType, typeFromAST } from 'graphql';
import type { GraphQLInputType, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { unchangedTest } from './unchanged-values.js';
import type { IsUnchanged } from './unchanged-values.js';

export type Variables = Readonly<Record<string, unknown>>;

/** As many mistakes in its variables as `graphql` reports of one request. */
const MAX_VARIABLE_ERRORS = 50;

/** A variable of an operation. */
interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isUnchanged: IsUnchanged;
}

/**
 * Coerces the variables of operations as `graphql` does, with their types looked up once and not at each execution. Values that stay as they are
 * (`$id: ID!`, `$input: SendMessageInput!`) need no more than a look at each: that is most of what coercion costs in an operation that is executed by generated code. Omitted
 * variables, and whatever is wrong, go through `graphql`.
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
    return [{ name: variable.name.value, type, isUnchanged: unchangedTest(type) }];
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
