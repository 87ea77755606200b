import { Kind, OperationTypeNode, getNamedType, isAbstractType, isCompositeType, valueFromAST } from 'graphql';
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLArgument,
  GraphQLCompositeType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionSetNode,
  ValueNode,
  VariableDefinitionNode,
} from 'graphql';

/** Code is generated for each field on each type that it may be asked of: so many take some 40 ms. */
const MAX_GENERATED_FIELDS = 500;

/**
 * Whether `graphql-jit` 0.8.9 is known to execute an operation of a valid document as `graphql` does. It is not for
 *
 * - several mutations: it goes on after a non-null one that failed;
 * - directives: `@skip` and `@include` on merged fields and fragments select other fields;
 * - variables inside of list and object values: those not provided are null there, and not absent;
 * - values in the document of scalars that are objects when they are coerced, such as a `URL`: it writes them into its code as JSON, all but a `Date`;
 * - names that begin with two underscores, other than `__typename`: introspection, and aliases and variables such as `__proto__`, which become keys of object literals;
 * - and it generates code for each object type of an interface or union, which multiply where they nest.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const root = schema.getRootType(operation.operation);
  if (!root || (operation.operation === OperationTypeNode.MUTATION && onlyField(operation) === null)) return false;
  if (hasDirectives(operation) || operation.variableDefinitions?.some(isUnusual) === true) return false;
  return new Selections(schema, document).areCompilable(operation.selectionSet, root);
}

/** The field that an operation consists of; null if it has several, or fragments, which may hold several. */
export function onlyField({ selectionSet: { selections } }: OperationDefinitionNode): FieldNode | null {
  const [selection] = selections;
  return selections.length === 1 && selection?.kind === Kind.FIELD ? selection : null;
}

class Selections {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  #generated = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
  ) {
    for (const definition of document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
  }

  /** `times`: how often code is generated for what the set is selected of. */
  areCompilable({ selections }: SelectionSetNode, parent: GraphQLCompositeType, times = 1): boolean {
    return selections.every((selection) => {
      if (hasDirectives(selection)) return false;
      if (selection.kind === Kind.FIELD) return this.#isFieldCompilable(selection, parent, times);
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition ? this.schema.getType(fragment.typeCondition.name.value) : parent;
      return (
        fragment !== undefined &&
        !hasDirectives(fragment) &&
        isCompositeType(condition) &&
        this.areCompilable(fragment.selectionSet, condition, times)
      );
    });
  }

  #isFieldCompilable(node: FieldNode, parent: GraphQLCompositeType, times: number): boolean {
    const name = node.name.value;
    const generated = isAbstractType(parent) ? times * this.schema.getPossibleTypes(parent).length : times;
    this.#generated += generated;
    if (this.#generated > MAX_GENERATED_FIELDS || isReserved(node.alias?.value ?? '')) return false;
    if (name === '__typename') return true;
    const field = 'getFields' in parent ? parent.getFields()[name] : undefined;
    if (field === undefined || !field.args.every((argument) => isArgumentCompilable(argument, node))) return false;
    const type = getNamedType(field.type);
    return node.selectionSet === undefined || (isCompositeType(type) && this.areCompilable(node.selectionSet, type, generated));
  }
}

const isReserved = (name: string) => name.startsWith('__');

const hasDirectives = ({ directives = [] }: { readonly directives?: readonly unknown[] | undefined }) => directives.length > 0;

const isUnusual = (definition: VariableDefinitionNode) => hasDirectives(definition) || isReserved(definition.variable.name.value);

/** Whether it is a variable, or what its value, or its default, is coerced to remains the same in JSON. */
function isArgumentCompilable({ name, type, defaultValue }: GraphQLArgument, { arguments: given = [] }: FieldNode): boolean {
  const value = given.find((argument) => argument.name.value === name)?.value;
  if (value === undefined) return isKeptByJson(defaultValue);
  return value.kind === Kind.VARIABLE || (!holdsVariable(value) && isKeptByJson(valueFromAST(value, type)));
}

/** Whether the code that `graphql-jit` generates can hold a coerced value. */
function isKeptByJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isKeptByJson);
  if (typeof value !== 'object' || value === null) return typeof value !== 'symbol' && typeof value !== 'bigint';
  if (value instanceof Date) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every(isKeptByJson);
}

/** A variable below a list or an object; one that is a whole argument is not. */
function holdsVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some((item) => item.kind === Kind.VARIABLE || holdsVariable(item));
  if (value.kind !== Kind.OBJECT) return false;
  return value.fields.some(({ name, value: field }) => isReserved(name.value) || field.kind === Kind.VARIABLE || holdsVariable(field));
}
