import { GraphQLScalarType, GraphQLSchema, Kind } from 'graphql';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { compileQuery } from 'graphql-jit';
import type { CompiledQuery } from 'graphql-jit';

/** Generates code for one operation of a document; its variables must be coerced already. Null if it cannot be compiled. */
export type Compile = (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) => CompiledQuery | null;

/** The type that generated code sees for every variable: it accepts any value as it is, since `graphql` has coerced it. No document can name it. */
const COERCED = new GraphQLScalarType({ name: 'Coerced', parseValue: (value) => value });
const COERCED_TYPE = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: COERCED.name } } as const;

/** A compiler by `graphql-jit`, which keeps an extended copy of the schema that it was given last. */
export function compilerFor(): Compile {
  const extended = new WeakMap<GraphQLSchema, GraphQLSchema>();
  const extend = (schema: GraphQLSchema): GraphQLSchema => {
    const known = extended.get(schema) ?? withCoerced(schema);
    extended.set(schema, known);
    return known;
  };
  return (schema, document, operation) => {
    const compiled = compileQuery(extend(schema), withCoercedVariables(document, operation), operation.name?.value, {
      // Its errors are never shown.
      disablingCapturingStackErrors: true,
    });
    return 'query' in compiled ? compiled : null;
  };
}

function withCoerced(schema: GraphQLSchema): GraphQLSchema {
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, COERCED], assumeValid: true });
}

/** Defaults are left out too: coerced variables include them. */
function withCoercedVariables(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const variableDefinitions = (operation.variableDefinitions ?? []).map(({ kind, variable }) => ({ kind, variable, type: COERCED_TYPE }));
  const definitions = document.definitions.map((definition) =>
    definition === operation ? { ...operation, variableDefinitions } : definition,
  );
  return { ...document, definitions };
}
