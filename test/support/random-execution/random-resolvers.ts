import { createHash } from 'node:crypto';
import { getNullableType, isAbstractType, isEnumType, isListType, isNonNullType, isObjectType } from 'graphql';
import type { GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql';
import { Chance } from './chance.js';

/**
 * How resolvers answer. If some throw synchronously, none gives a promise: of a list, `graphql` 16 forgets the promises of the items before one that throws, and a rejected one
 * among them would end the process.
 */
export type Manner = 'without failures' | 'throwing' | 'rejecting';

/** What the resolvers of an execution work with. */
export interface RandomContext {
  readonly manner: Manner;
  /** The fields of `Mutation` that were called, in order. */
  readonly changes: string[];
}

/** Where an object stands: what it was asked of and how. All of its values follow from that. */
const PLACE = Symbol('place');
interface Placed {
  readonly [PLACE]: string;
}

/** How likely a value is to fail, to be null where it must not be, or to be of another type. */
const FAILING = 0.05;

const LEAVES: Readonly<Record<string, readonly [unknown, ...unknown[]]>> = {
  Int: [0, -7, 12],
  Float: [0.25, 3],
  Boolean: [true, false],
  DateTime: [new Date(0), new Date('2026-02-03T04:05:06.789Z')],
  URL: ['https://example.org/x'],
  JSON: [{ a: [1, null] }, 'text', 0],
};

/** What a value is, whatever the order of its properties; absent ones and undefined ones differ. */
function described(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(described).join()}]`;
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const { constructor } = value as { constructor?: { name?: string } };
  if (constructor !== undefined && constructor !== Object) return `${constructor.name ?? ''}(${JSON.stringify(value)})`;
  const properties = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${properties.map(([name, property]) => `${name}:${described(property)}`).join()}}`;
}

/** The value that an operation is executed on. */
export const randomRoot = (seed: number): object => ({ [PLACE]: String(seed) });

/**
 * Replaces the resolvers of a schema's fields by ones whose outcome follows from where the field stands, its arguments and the root's seed: values or promises of them, lists
 * with promises and errors in them, and failures of all kinds. Fields without a resolver remain plain properties.
 */
export function resolveAtRandom(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve === undefined) continue;
      field.resolve = (source: Placed, args: object, { manner, changes }: RandomContext) => {
        if (type === schema.getMutationType()) changes.push(field.name);
        return new Outcome(schema, `${source[PLACE]}/${field.name}(${described(args)})`, manner).ofResolver(field.type);
      };
    }
  }
  return schema;
}

class Outcome {
  readonly #chance: Chance;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly place: string,
    private readonly manner: Manner,
  ) {
    this.#chance = new Chance(createHash('sha1').update(place).digest().readUInt32LE());
  }

  ofResolver(type: GraphQLOutputType): unknown {
    if (this.manner !== 'throwing') return this.#chance.is(0.4) ? this.#promise(type) : this.plain(type);
    if (this.#chance.is(FAILING)) throw this.#error();
    return this.plain(type);
  }

  /** Never a promise, except of items of a list. */
  plain(type: GraphQLOutputType): unknown {
    if (this.manner === 'throwing' && this.#chance.is(FAILING)) return this.#wrong();
    if (!isNonNullType(type) && this.#chance.is(0.1)) return null;
    const bare = getNullableType(type);
    if (isListType(bare)) return this.#list(bare.ofType);
    if (isEnumType(bare)) return this.#chance.pick(bare.getValues())?.value;
    const object = isAbstractType(bare) ? this.#chance.pick(this.schema.getPossibleTypes(bare)) : bare;
    if (isObjectType(object)) return this.#object(object);
    return this.#chance.pick(LEAVES[bare.name] ?? [`text of ${createHash('sha1').update(this.place).digest('hex').slice(0, 8)}`]);
  }

  #promise(type: GraphQLOutputType): Promise<unknown> {
    if (this.manner !== 'rejecting' || !this.#chance.is(2 * FAILING)) return Promise.resolve(this.plain(type));
    return this.#chance.is(0.5) ? Promise.reject(this.#error()) : Promise.resolve(this.#wrong());
  }

  #wrong(): unknown {
    return this.#chance.pick([null, undefined, this.#error(), 'no such value', {}, NaN]);
  }

  #list(type: GraphQLOutputType): unknown {
    const items = this.#chance.times(this.#chance.below(4), (index) => {
      const item = new Outcome(this.schema, `${this.place}[${index}]`, this.manner);
      return this.manner !== 'throwing' && this.#chance.is(0.3) ? item.#promise(type) : item.plain(type);
    });
    return this.#chance.is(0.1) ? new Set(items) : items;
  }

  #object(type: GraphQLObjectType): object {
    const { schema, place, manner } = this;
    const values = new Map<string, unknown>();
    return new Proxy(
      { __typename: type.name, [PLACE]: place },
      {
        get: (target, name) => {
          const field = typeof name === 'string' ? type.getFields()[name] : undefined;
          if (typeof name !== 'string' || field === undefined) return Reflect.get(target, name) as unknown;
          if (!values.has(name)) values.set(name, new Outcome(schema, `${place}.${name}`, manner).plain(field.type));
          return values.get(name);
        },
      },
    );
  }

  #error(): Error {
    return new Error(`failed at ${createHash('sha1').update(this.place).digest('hex').slice(0, 8)}`);
  }
}
