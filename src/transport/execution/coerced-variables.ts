import { Kind, getVariableValues } from 'graphql';
import type { GraphQLSchema, OperationDefinitionNode, TypeNode } from 'graphql';

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

interface PlainVariable {
  readonly name: string;
  readonly isUnchanged: (value: unknown) => boolean;
}

/**
 * Coerces the variables of operations as `graphql` does. Where all are of GraphQL's own scalars (`$id: ID!`, `$last: Int`), values that stay as they are need no more than a
 * look at each: that is most of what coercion costs in a query that is executed by generated code. All other types, values and omissions go through `graphql`.
 */
export class CoercedVariables {
  readonly #plain = new WeakMap<OperationDefinitionNode, readonly PlainVariable[] | null>();

  /** Null if `graphql` rejects them. */
  coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, given: unknown): Variables | null {
    const { variableDefinitions = [] } = operation;
    if (variableDefinitions.length === 0) return {};
    const variables = Object(given ?? {}) as Variables;
    const plain = this.#plainOf(operation);
    if (plain?.every(({ name, isUnchanged }) => isUnchanged(variables[name]))) return selected(plain, variables);
    return getVariableValues(schema, variableDefinitions, variables, { maxErrors: MAX_VARIABLE_ERRORS }).coerced ?? null;
  }

  #plainOf(operation: OperationDefinitionNode): readonly PlainVariable[] | null {
    let known = this.#plain.get(operation);
    if (known === undefined) {
      known = plainVariables(operation);
      this.#plain.set(operation, known);
    }
    return known;
  }
}

/** Null if some variable is of another type. */
function plainVariables({ variableDefinitions = [] }: OperationDefinitionNode): readonly PlainVariable[] | null {
  const plain = variableDefinitions.map(({ variable, type }) => ({
    name: variable.name.value,
    isUnchanged: UNCHANGED[findTypeName(type)],
  }));
  return plain.every((one): one is PlainVariable => one.isUnchanged !== undefined) ? plain : null;
}

/** Of a named type; of a list, none. */
function findTypeName(type: TypeNode): string {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return named.kind === Kind.NAMED_TYPE ? named.name.value : '';
}

function selected(plain: readonly PlainVariable[], variables: Variables): Variables {
  const values: Record<string, unknown> = {};
  for (const { name } of plain) values[name] = variables[name];
  return values;
}
