import { Kind } from 'graphql';
import type { DocumentNode, FieldNode, FragmentDefinitionNode, SelectionSetNode } from 'graphql';

/**
 * How many pairs of fields a document's validation compares: every two of one response name that may be selected of the same object, whether they are repeated, aliased to one
 * name, or come together by fragments or by the fields above them (`OverlappingFieldsCanBeMerged`, GraphQL's section 5.3.2). Of all operations and fragments together, as each of
 * them is validated.
 *
 * Visits every selection as often as fragments multiply it: the number of all selections must be bounded before, and fragments must not form circles.
 */
export function countFieldPairs(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  return document.definitions.reduce(
    (pairs, definition) => pairs + ('selectionSet' in definition ? pairsIn([definition.selectionSet], fragments) : 0),
    0,
  );
}

/** Of selection sets that belong to fields of one response name. */
function pairsIn(sets: readonly SelectionSetNode[], fragments: ReadonlyMap<string, FragmentDefinitionNode>): number {
  let pairs = 0;
  for (const fields of fieldsByName(sets, fragments).values()) {
    pairs += (fields.length * (fields.length - 1)) / 2;
    pairs += pairsIn(
      fields.flatMap(({ selectionSet }) => selectionSet ?? []),
      fragments,
    );
  }
  return pairs;
}

function fieldsByName(
  sets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlyMap<string, readonly FieldNode[]> {
  const byName = new Map<string, FieldNode[]>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const fields = byName.get(name);
        if (fields === undefined) byName.set(name, [selection]);
        else fields.push(selection);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment !== undefined) collect(fragment.selectionSet);
    }
  };
  for (const set of sets) collect(set);
  return byName;
}
