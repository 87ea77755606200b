import { Kind, OperationTypeNode, parse, print, validate, visit } from 'graphql';
import type { DocumentNode, FieldNode, GraphQLSchema } from 'graphql';
import { Chance } from '../random-execution/chance.js';
import { randomDocument } from '../random-execution/random-document.js';
import type { KnownValues } from '../random-execution/random-values.js';
import type { Question } from './asker.js';

export interface QuestionOptions {
  readonly schema: GraphQLSchema;
  readonly known: KnownValues;
  readonly kind: OperationTypeNode;
}

/** A request of this seed; null if its document is not valid. */
export function randomQuestion(seed: number, { schema, known, kind }: QuestionOptions): Question | null {
  const chance = new Chance(seed);
  const { text, operationNames, variables } = randomDocument(schema, chance, { known, kind });
  try {
    if (validate(schema, parse(text)).length > 0) return null;
  } catch {
    return null;
  }
  const [only] = operationNames;
  const operationName = operationNames.length > 1 ? chance.pick(operationNames) : chance.pick([undefined, only] as const);
  return { query: text, variables: variables(chance.pick([0, 0, 0.1, 0.3] as const)), operationName };
}

/** Selects nothing. Generated code is for documents without directives only. */
const NOTHING = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
  directives: [
    {
      kind: Kind.DIRECTIVE,
      name: { kind: Kind.NAME, value: 'skip' },
      arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value: { kind: Kind.BOOLEAN, value: true } }],
    },
  ],
} as const satisfies FieldNode;

/** The same request as a text that `graphql` alone executes. */
export function interpreted(question: Question): Question {
  const document: DocumentNode = visit(parse(question.query), {
    OperationDefinition: (operation) => ({
      ...operation,
      selectionSet: { ...operation.selectionSet, selections: [...operation.selectionSet.selections, NOTHING] },
    }),
  });
  return { ...question, query: print(document) };
}
