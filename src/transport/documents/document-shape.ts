import { Kind } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql';

/** What can be counted without the schema; the greatest of a document's operations. Each fragment counts wherever it is spread. */
export interface DocumentShape extends Counts {
  /** Selections of all operations and fragments together. */
  readonly allSelections: number;
  /** Whether fragments form a circle. */
  readonly isCircular: boolean;
}

interface Counts {
  readonly selections: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Counts = { selections: 0, depth: 0, aliases: 0, directives: 0 };

/**
 * Takes time in the order of the document's length, whatever fragments multiply to. Fragments in a circle and those that are missing count as empty: validation
 * rejects them.
 */
export function measureShape(document: DocumentNode): DocumentShape {
  const shapes = new Shapes(document);
  let greatest = NOTHING;
  let allSelections = 0;
  for (const definition of document.definitions) {
    // Unused fragments count too, as they are validated too.
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const shape = shapes.ofSet(definition.selectionSet);
    allSelections += shape.selections;
    const variables = definition.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : [];
    const onVariables = variables.reduce((count, variable) => count + (variable.directives?.length ?? 0), 0);
    const directives = shape.directives + (definition.directives?.length ?? 0) + onVariables;
    const isIntrospection = definition.kind === Kind.FRAGMENT_DEFINITION && definition.typeCondition.name.value.startsWith('__');
    greatest = greater(greatest, { ...shape, directives, depth: isIntrospection ? 0 : shape.depth });
  }
  return { ...greatest, allSelections, isCircular: shapes.isCircular };
}

class Shapes {
  isCircular = false;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** Null while it is being counted. */
  readonly #ofFragments = new Map<string, Counts | null>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  ofSet({ selections }: SelectionSetNode): Counts {
    let sum = NOTHING;
    for (const selection of selections) {
      const below = this.#below(selection);
      sum = {
        selections: sum.selections + below.selections + 1,
        depth: Math.max(sum.depth, below.depth),
        aliases: sum.aliases + below.aliases + (selection.kind === Kind.FIELD && selection.alias !== undefined ? 1 : 0),
        directives: sum.directives + below.directives + (selection.directives?.length ?? 0),
      };
    }
    return sum;
  }

  #below(selection: SelectionNode): Counts {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#ofFragment(selection.name.value);
    const below = selection.selectionSet === undefined ? NOTHING : this.ofSet(selection.selectionSet);
    if (selection.kind === Kind.INLINE_FRAGMENT) return below;
    // Which no data depends on, and the schema is finite: its own rule bounds how often lists of it nest.
    const isIntrospection = selection.name.value === '__schema' || selection.name.value === '__type';
    return { ...below, depth: isIntrospection ? 1 : below.depth + 1 };
  }

  #ofFragment(name: string): Counts {
    const known = this.#ofFragments.get(name);
    const fragment = this.#fragments.get(name);
    if (known === null) this.isCircular = true;
    if (known !== undefined || fragment === undefined) return known ?? NOTHING;
    this.#ofFragments.set(name, null);
    const shape = this.ofSet(fragment.selectionSet);
    this.#ofFragments.set(name, shape);
    return shape;
  }
}

function greater(one: Counts, other: Counts): Counts {
  return {
    selections: Math.max(one.selections, other.selections),
    depth: Math.max(one.depth, other.depth),
    aliases: Math.max(one.aliases, other.aliases),
    directives: Math.max(one.directives, other.directives),
  };
}
