import { Kind, OperationTypeNode, parse, print, validate, visit } from 'graphql';
import type { DocumentNode, FieldNode, GraphQLSchema, SelectionSetNode } from 'graphql';
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
  const values = variables(chance.pick([0, 0, 0.1, 0.3] as const));
  // Such a variable is refused, and of the ways to send its value some refuse that.
  return Object.hasOwn(values, '__proto__') || text.includes('$__proto__') ? null : { query: text, variables: values, operationName };
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

const withNothing = (set: SelectionSetNode): SelectionSetNode => ({ ...set, selections: [...set.selections, NOTHING] });

/** The same request as a text that `graphql` alone executes. */
export function interpreted(question: Question): Question {
  const document: DocumentNode = visit(parse(question.query), {
    OperationDefinition: (operation) => {
      const { operation: kind, selectionSet } = operation;
      if (kind !== OperationTypeNode.SUBSCRIPTION) return { ...operation, selectionSet: withNothing(selectionSet) };
      // It has one field.
      const selections = selectionSet.selections.map((field) =>
        field.kind === Kind.FIELD && field.selectionSet ? { ...field, selectionSet: withNothing(field.selectionSet) } : field,
      );
      return { ...operation, selectionSet: { ...selectionSet, selections } };
    },
  });
  return { ...question, query: print(document) };
}
