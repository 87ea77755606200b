import {
  GraphQLBoolean,
  GraphQLNonNull,
  OperationTypeNode,
  doTypesOverlap,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isNonNullType,
  isRequiredArgument,
} from 'graphql';
import type { GraphQLArgument, GraphQLCompositeType, GraphQLField, GraphQLInputType, GraphQLSchema } from 'graphql';
import type { Chance } from './chance.js';
import { NOTHING_KNOWN, randomLiteral, randomValue } from './random-values.js';
import type { KnownValues, Place, Values } from './random-values.js';

/** A document as a client might send it. Nearly always valid; fields in conflict and the like are possible. */
export interface RandomDocument {
  readonly text: string;
  readonly operationNames: readonly string[];
  /** Variables for it, not quite right with probability `wrong` each. */
  readonly variables: (wrong: number) => Record<string, unknown>;
}

const MAX_DEPTH = 5;
const DIRECTIVE: Place = { field: '@', name: 'if' };
const FRAGMENTS = 3;
/** Names that mean something in JavaScript, or in generated code. */
const VARIABLES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__context', 'length'] as const;
const ALIASES = ['a', 'b', 'name', 'constructor', 'toString', '__proto__', 'err', 'query', '__parent', 'idx1'] as const;

/** How documents are made. */
export interface DocumentOptions {
  /** What arguments may be, beside nothing in particular. */
  readonly known?: KnownValues;
  /** The only kind of operation; if omitted, mostly queries. */
  readonly kind?: OperationTypeNode | undefined;
}

export function randomDocument(schema: GraphQLSchema, chance: Chance, options: DocumentOptions = {}): RandomDocument {
  return new DocumentMaker(schema, chance, options).make();
}

class DocumentMaker {
  readonly #variables = new Map<string, { readonly type: GraphQLInputType; readonly place: Place; readonly definition: string }>();
  readonly #fragments: { readonly type: GraphQLCompositeType; readonly body: string }[] = [];
  /** Of each field, so that it can be merged with another selection of it. */
  readonly #arguments = new Map<GraphQLField<unknown, unknown>, string>();
  readonly #withDirectives: boolean;
  readonly #values: Values;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly chance: Chance,
    private readonly options: DocumentOptions,
  ) {
    this.#withDirectives = chance.is(0.25);
    this.#values = { chance, known: options.known ?? NOTHING_KNOWN };
  }

  make(): RandomDocument {
    const composite = Object.values(this.schema.getTypeMap()).filter(
      (type): type is GraphQLCompositeType => isCompositeType(type) && !/^__|^(Mutation|Subscription)$|Payload$/.test(type.name),
    );
    for (let index = 0; index < FRAGMENTS; index += 1) {
      // The root's and those of events and conversations are where most fragments are spread.
      const common = ['Query', 'Conversation', 'ConversationEvent', 'Message'].map((name) => this.schema.getType(name));
      const type = this.chance.pick(this.chance.is(0.6) ? common : composite);
      if (isCompositeType(type)) this.#fragments.push({ type, body: this.#selections(type, 2) });
    }
    const operations = this.chance.times(this.chance.is(0.15) ? 2 : 1, (index) => this.#operation(`Q${index}`));
    const texts = operations.map(({ text }) => text);
    const used = this.#fragmentsUsedIn(texts.join(' '));
    return {
      text: [...texts, ...used.map((index) => this.#fragment(index))].join('\n'),
      operationNames: operations.map(({ name }) => name),
      variables: (wrong) =>
        Object.fromEntries([...this.#variables].map(([name, { type, place }]) => [name, randomValue(type, place, this.#values, wrong)])),
    };
  }

  #operation(name: string): { name: string; text: string } {
    const kind = this.options.kind ?? this.#kind();
    const root = this.schema.getRootType(kind);
    if (!root) throw new Error(`the schema has no ${kind}`);
    const body =
      kind === OperationTypeNode.SUBSCRIPTION
        ? this.#field(this.chance.pick(Object.values(root.getFields())) as GraphQLField<unknown, unknown>, MAX_DEPTH)
        : this.#selections(root, MAX_DEPTH);
    const reached = [body, ...this.#fragmentsUsedIn(body).map((index) => this.#fragments[index]?.body ?? '')].join(' ');
    const definitions = [...this.#variables].filter(([variable]) => new RegExp(`\\$${variable}\\b`).test(reached));
    const header = definitions.length === 0 ? '' : `(${definitions.map(([, { definition }]) => definition).join(', ')})`;
    return { name, text: `${kind} ${name}${header} { ${body} }` };
  }

  #kind(): OperationTypeNode {
    if (this.chance.is(0.75)) return OperationTypeNode.QUERY;
    return this.chance.pick([OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION] as const);
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    return this.chance.times(1 + this.chance.below(4), () => this.#selection(type, depth)).join(' ');
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    if (this.chance.is(0.1)) return '__typename';
    if (this.chance.is(0.2)) return this.#spread(type) ?? '__typename';
    if (isAbstractType(type) ? this.chance.is(0.6) : this.chance.is(0.1)) {
      const condition = isAbstractType(type) ? (this.chance.pick(this.schema.getPossibleTypes(type)) ?? type) : type;
      return `... on ${condition.name}${this.#directive()} { ${this.#selections(condition, depth)} }`;
    }
    const fields: GraphQLField<unknown, unknown>[] = 'getFields' in type ? Object.values(type.getFields()) : [];
    const field = this.chance.pick(fields.filter((one) => depth > 0 || !isCompositeType(getNamedType(one.type))));
    return field === undefined ? '__typename' : this.#field(field, depth);
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number): string {
    const type = getNamedType(field.type);
    const [alias, args] = this.#argumentsOf(field);
    const below = isCompositeType(type) ? ` { ${this.#selections(type, depth - 1)} }` : '';
    return `${alias}${field.name}${args}${this.#directive()}${below}`;
  }

  #argumentsOf(field: GraphQLField<unknown, unknown>): readonly [alias: string, args: string] {
    const isAliased = this.chance.is(0.15);
    const known = this.#arguments.get(field);
    const args = (isAliased ? undefined : known) ?? this.#makeArguments(field);
    if (!isAliased) this.#arguments.set(field, args);
    return [isAliased ? `${this.chance.pick(ALIASES)}: ` : '', args];
  }

  #makeArguments({ name: field, args }: GraphQLField<unknown, unknown>): string {
    const given = this.#chooseArguments(args);
    if (given.length === 0) return '';
    const variable = (type: GraphQLInputType, place: Place) => (this.chance.is(0.35) ? this.#variable(type, place) : null);
    return `(${given.map(({ name, type }) => `${name}: ${randomLiteral(type, { field, name }, this.#values, variable)}`).join(', ')})`;
  }

  /** Of pages of a known list, the size is asked for mostly as it must be: by one of `first` and `last`. */
  #chooseArguments(args: readonly GraphQLArgument[]): readonly GraphQLArgument[] {
    const sizes = args.filter(({ name }) => name === 'first' || name === 'last');
    const size = this.options.known === undefined || this.chance.is(0.1) ? undefined : this.chance.pick(sizes);
    return args.filter((argument) => {
      if (isRequiredArgument(argument) || argument === size) return true;
      return this.chance.is(size === undefined ? 0.5 : 0.2) && !(size !== undefined && sizes.includes(argument));
    });
  }

  #variable(type: GraphQLInputType, place: Place): string {
    const name = this.#newName();
    const hasDefault = this.chance.is(0.2);
    const own = hasDefault && isNonNullType(type) ? type.ofType : type;
    const fallback = hasDefault ? randomLiteral(type, place, this.#values, () => null) : null;
    const definition = fallback === null || fallback === 'null' ? `$${name}: ${String(type)}` : `$${name}: ${String(own)} = ${fallback}`;
    this.#variables.set(name, { type: own, place, definition });
    return `$${name}`;
  }

  #newName(): string {
    const unusual = this.chance.is(0.1) ? this.chance.pick(VARIABLES) : undefined;
    return unusual === undefined || this.#variables.has(unusual) ? `v${this.#variables.size}` : unusual;
  }

  #spread(type: GraphQLCompositeType): string | null {
    const fitting = this.#fragments.flatMap((fragment, index) => (doTypesOverlap(this.schema, type, fragment.type) ? [index] : []));
    const index = this.chance.pick(fitting);
    return index === undefined ? null : `...F${index}${this.#directive()}`;
  }

  #directive(): string {
    if (!this.#withDirectives || this.chance.is(0.7)) return '';
    const value = this.chance.is(0.3)
      ? this.chance.pick(['true', 'false'] as const)
      : this.#variable(new GraphQLNonNull(GraphQLBoolean), DIRECTIVE);
    return ` @${this.chance.pick(['skip', 'include'] as const)}(if: ${value})`;
  }

  /** Directly or by another fragment. Each may spread those made before it only, so that there are no circles. */
  #fragmentsUsedIn(text: string): number[] {
    const used = new Set<number>();
    const visit = (part: string): void => {
      for (const [, digits] of part.matchAll(/\.\.\.F(\d+)/g)) {
        const index = Number(digits);
        if (used.has(index)) continue;
        used.add(index);
        visit(this.#fragments[index]?.body ?? '');
      }
    };
    visit(text);
    return [...used];
  }

  #fragment(index: number): string {
    const fragment = this.#fragments[index];
    return fragment === undefined ? '' : `fragment F${index} on ${fragment.type.name} { ${fragment.body} }`;
  }
}
