import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isScalarType } from 'graphql';
import type { GraphQLInputObjectType, GraphQLInputType } from 'graphql';

/** Whether coercion to a type returns a value as it is. False where it may change or reject it. */
export type IsUnchanged = (value: unknown) => boolean;

const NEVER: IsUnchanged = () => false;

/** Of GraphQL's own scalars. */
const UNCHANGED: Readonly<Record<string, IsUnchanged>> = {
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  Boolean: (value) => typeof value === 'boolean',
  Int: (value) => typeof value === 'number' && (value | 0) === value,
};

/** Of input objects, once for each type: they may refer to each other. */
const ofObjects = new WeakMap<GraphQLInputObjectType, IsUnchanged>();

/** The test for values that are present; null is one of them. */
export function unchangedTest(type: GraphQLInputType): IsUnchanged {
  const nullable = getNullableType(type);
  const test = testOfNullable(nullable);
  return isNonNullType(type) ? test : (value) => value === null || test(value);
}

function testOfNullable(type: GraphQLInputType): IsUnchanged {
  if (isScalarType(type)) return UNCHANGED[type.name] ?? NEVER;
  if (isEnumType(type)) return (value) => typeof value === 'string' && type.getValue(value)?.value === value;
  if (isListType(type)) {
    const test = unchangedTest(type.ofType);
    return (value) => Array.isArray(value) && value.every(test);
  }
  return isInputObjectType(type) ? testOfObject(type) : NEVER;
}

function testOfObject(type: GraphQLInputObjectType): IsUnchanged {
  const known = ofObjects.get(type);
  if (known !== undefined) return known;
  let fields: ReadonlyMap<string, IsUnchanged> | null = null;
  let required: readonly string[] = [];
  const test: IsUnchanged = (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || type.isOneOf) return false;
    if (fields === null) {
      const all = Object.values(type.getFields());
      fields = new Map(all.map((field) => [field.name, unchangedTest(field.type)]));
      required = all.filter((field) => isNonNullType(field.type) || field.defaultValue !== undefined).map(({ name }) => name);
    }
    for (const [name, item] of Object.entries(value)) if (fields.get(name)?.(item) !== true) return false;
    return required.every((name) => Object.hasOwn(value, name));
  };
  ofObjects.set(type, test);
  return test;
}
