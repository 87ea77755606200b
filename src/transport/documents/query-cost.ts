import {
  GraphQLList,
  GraphQLNonNull,
  Kind,
  OperationTypeNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  getNamedType,
  isCompositeType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
} from 'graphql';
import { MAX_PAGE_SIZE, MAX_REPRESENTATIONS } from '../../domain/page-limit.js';

type Variables = Readonly<Record<string, unknown>>;
/** A number, or how it follows from the variables where it depends on them. */
type Cost = number | ((variables: Variables) => number);

/** Of a list without paging, as the participants of a conversation. */
const ASSUMED_LENGTH = 5;
/** A change sends something to the contact centre. */
const CHANGE = 10;

/**
 * What an operation costs at most: one for each object that its answer may hold, ten for each change; text, numbers and the like are free. A list counts as long as
 * `first`, `last` (where both are absent, the default of the field), the `ids` or the `representations` given say (a full page where they do not), a list that takes no such argument as five. A filter that may examine more than it finds
 * costs what the field declares. Of fragments on several types of
 * object the dearest counts. The document must be valid. The result needs no walk of it: if no size is a variable it is a number computed beforehand.
 */
export function estimateCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (variables: Variables) => number {
  const costs = new Costs(schema, document, operation);
  const cost = costs.ofOperation();
  return typeof cost === 'number' ? () => cost : cost;
}

class Costs {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #defaults = new Map<string, unknown>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    for (const { variable, defaultValue } of operation.variableDefinitions ?? [])
      if (defaultValue !== undefined) this.#defaults.set(variable.name.value, valueFromASTUntyped(defaultValue));
  }

  ofOperation(): Cost {
    const { operation, selectionSet } = this.operation;
    const root = this.schema.getRootType(operation);
    return root ? this.#ofSet(selectionSet, root, ASSUMED_LENGTH, operation === OperationTypeNode.MUTATION ? CHANGE : 0) : 0;
  }

  /** `length`: of the lists right below. `each`: what every field costs besides. */
  #ofSet(set: SelectionSetNode, parent: GraphQLCompositeType, length: Cost, each: number): Cost {
    const common: Cost[] = [];
    const ofType = new Map<string, Cost[]>();
    const walk = ({ selections }: SelectionSetNode, type: GraphQLCompositeType, into: Cost[]): void => {
      for (const selection of selections) {
        if (selection.kind === Kind.FIELD) {
          into.push(sum([each, this.#ofField(selection, type, length)]));
          continue;
        }
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
        const condition = fragment?.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : type;
        if (fragment === undefined || !isCompositeType(condition)) continue;
        walk(fragment.selectionSet, condition, isObjectType(condition) && condition !== type ? listIn(ofType, condition.name) : into);
      }
    };
    walk(set, parent, common);
    return sum([...common, dearest([...ofType.values()].map(sum))]);
  }

  #ofField(node: FieldNode, parent: GraphQLCompositeType, length: Cost): Cost {
    const field = this.#findDefinition(node.name.value, parent);
    const type = field === undefined ? undefined : getNamedType(field.type);
    if (field === undefined || node.selectionSet === undefined || !isCompositeType(type)) return 0;
    const size = this.#readSize(node, field);
    const isAList = isList(field.type);
    const one = sum([1, this.#ofSet(node.selectionSet, type, isAList ? ASSUMED_LENGTH : (size ?? ASSUMED_LENGTH), 0)]);
    return sum([isAList ? product(size ?? length, one) : one, this.#readExamined(node, field)]);
  }

  #findDefinition(name: string, parent: GraphQLCompositeType): GraphQLField<unknown, unknown> | undefined {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return 'getFields' in parent ? parent.getFields()[name] : undefined;
  }

  /** How many the arguments ask for; null where the field takes no such argument. */
  #readSize(node: FieldNode, field: GraphQLField<unknown, unknown>): Cost | null {
    const takes = (name: string) => field.args.some((arg) => arg.name === name);
    for (const [name, maximum] of LISTED)
      if (takes(name)) return this.#read(node, [name], ([list]) => (Array.isArray(list) ? Math.min(list.length, maximum) : maximum));
    if (!takes('first')) return null;
    const { defaultPageSize = MAX_PAGE_SIZE } = field.extensions as { readonly defaultPageSize?: number };
    // The field itself rejects both of the two, or none of them where it has no default.
    return this.#read(node, ['first', 'last'], (pages) =>
      pages.every(isAbsent) ? defaultPageSize : (pages.find(isPage) ?? MAX_PAGE_SIZE),
    );
  }

  /** What the field may examine in vain. */
  #readExamined(node: FieldNode, { extensions }: GraphQLField<unknown, unknown>): Cost {
    const { examined } = extensions as { readonly examined?: { readonly filters: readonly string[]; readonly cost: number } };
    return examined === undefined ? 0 : this.#read(node, examined.filters, (filters) => (filters.every(isAbsent) ? 0 : examined.cost));
  }

  /** A size by the values of some arguments. */
  #read(node: FieldNode, names: readonly string[], size: (values: readonly unknown[]) => number): Cost {
    const values = names.map((name) => node.arguments?.find((argument) => argument.name.value === name)?.value);
    const read = (variables: Variables) =>
      size(values.map((value) => (value === undefined ? undefined : this.#readValue(value, variables))));
    return values.some((value) => value?.kind === Kind.VARIABLE) ? read : read({});
  }

  #readValue(value: ValueNode, variables: Variables): unknown {
    if (value.kind !== Kind.VARIABLE) return valueFromASTUntyped(value);
    const name = value.name.value;
    return Object.hasOwn(variables, name) ? variables[name] : this.#defaults.get(name);
  }
}

/** Arguments that list what is asked for, and how much that may be: a longer list is rejected by the field. */
const LISTED = [
  ['ids', MAX_PAGE_SIZE],
  ['representations', MAX_REPRESENTATIONS],
] as const;

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isPage = (count: unknown): count is number => typeof count === 'number' && count >= 0 && count <= MAX_PAGE_SIZE;

function isList(type: GraphQLOutputType): boolean {
  return type instanceof GraphQLNonNull ? isList(type.ofType as GraphQLOutputType) : type instanceof GraphQLList;
}

function listIn(map: Map<string, Cost[]>, key: string): Cost[] {
  const list = map.get(key) ?? [];
  map.set(key, list);
  return list;
}

/** Constants are added up immediately; only what depends on variables remains. */
function combined(costs: readonly Cost[], combine: (numbers: readonly number[]) => number): Cost {
  const open = costs.filter((cost) => typeof cost === 'function');
  const settled = combine(costs.filter((cost) => typeof cost === 'number'));
  return open.length === 0 ? settled : (variables) => combine([settled, ...open.map((cost) => cost(variables))]);
}

const sum = (costs: readonly Cost[]): Cost => combined(costs, (numbers) => numbers.reduce((total, number) => total + number, 0));
const dearest = (costs: readonly Cost[]): Cost => combined(costs, (numbers) => Math.max(0, ...numbers));
const product = (length: Cost, one: Cost): Cost =>
  combined([length, one], (numbers) => numbers.reduce((total, number) => total * number, 1));
