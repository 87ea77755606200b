import { GraphQLScalarType, Kind } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { compileQuery } from 'graphql-jit';
import type { CompiledQuery } from 'graphql-jit';

/** Generates code for one operation of a document; its variables must be coerced already. Null if it cannot be compiled. */
export type Compile = (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) => CompiledQuery | null;

/** The type that generated code sees for every variable: it accepts any value as it is, since `graphql` has coerced it. No document can name it. */
const COERCED = new GraphQLScalarType({ name: 'Coerced', parseValue: (value) => value });
const COERCED_TYPE = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: COERCED.name } } as const;

/** A compiler by `graphql-jit`. Each schema is seen by it with `COERCED` beside its own types, which resolvers do not find among them in `info.schema`. */
export function compilerFor(): Compile {
  const seen = new WeakMap<GraphQLSchema, GraphQLSchema>();
  return (schema, document, operation) => {
    const extended = seen.get(schema) ?? withCoerced(schema);
    seen.set(schema, extended);
    const compiled = compileQuery(extended, withCoercedVariables(document, operation), operation.name?.value, {
      // Its errors are never shown.
      disablingCapturingStackErrors: true,
    });
    return 'query' in compiled ? compiled : null;
  };
}

/** The schema itself, but for one more name that leads to a type. */
function withCoerced(schema: GraphQLSchema): GraphQLSchema {
  const getType = (name: string) => (name === COERCED.name ? COERCED : schema.getType(name));
  return Object.create(schema, { getType: { value: getType } }) as GraphQLSchema;
}

/** Defaults are left out too: coerced variables include them. */
function withCoercedVariables(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const variableDefinitions = (operation.variableDefinitions ?? []).map(({ kind, variable }) => ({ kind, variable, type: COERCED_TYPE }));
  const definitions = document.definitions.map((definition) =>
    definition === operation ? { ...operation, variableDefinitions } : definition,
  );
  return { ...document, definitions };
}
