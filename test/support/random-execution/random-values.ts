import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField } from 'graphql';
import type { GraphQLInputType } from 'graphql';
import type { Chance } from './chance.js';

/** Where a value stands: the field whose argument it is of, and the name of the argument or of the input field itself. */
export interface Place {
  readonly field: string;
  readonly name: string;
}
/** Values that mean something at a place, such as ids of what exists; null where any value of the type does. */
export type KnownValues = (place: Place) => readonly unknown[] | null;
export const NOTHING_KNOWN: KnownValues = () => null;

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, 1, 5, 100, -1],
  Float: [0.5, 2],
  Boolean: [true, false],
  DateTime: ['2026-01-01T00:00:00.000Z'],
  URL: ['https://example.org/a'],
};
const TEXTS = ['', 'c1', 'two words', '__proto__'];
/** What clients send that is not quite right. */
const WRONG = [null, [], {}, '', 'NO_SUCH_VALUE', 1.5, 3_000_000_000, true, [null], { unknown: 1 }, [[]]];

/** What values are made of. */
export interface Values {
  readonly chance: Chance;
  readonly known: KnownValues;
}

/** A value for a variable of this type: right, or wrong in some part with probability `wrong`; undefined: the variable is not provided. */
export function randomValue(type: GraphQLInputType, place: Place, values: Values, wrong: number): unknown {
  const { chance, known } = values;
  if (chance.is(wrong)) return chance.is(0.3) ? undefined : chance.pick(WRONG);
  if (!isNonNullType(type) && chance.is(0.1)) return null;
  const bare = getNullableType(type);
  if (isListType(bare)) {
    // A single value stands for a list of it.
    if (chance.is(0.1)) return randomValue(bare.ofType, place, values, wrong);
    return chance.times(chance.below(3), () => randomValue(bare.ofType, place, values, wrong) ?? null);
  }
  if (isEnumType(bare)) return chance.pick(bare.getValues())?.name;
  if (!isInputObjectType(bare)) return chance.pick(known(place) ?? SCALARS[bare.name] ?? TEXTS);
  const fields = Object.values(bare.getFields()).filter((field) => isRequiredInputField(field) || chance.is(0.5));
  return Object.fromEntries(fields.map(({ name, type: own }) => [name, randomValue(own, { ...place, name }, values, wrong)]));
}

/** Names a variable to stand in the place of a whole value or of a part of it; null if none is to. */
export type NameVariable = (type: GraphQLInputType, place: Place) => string | null;

/** A valid literal of this type. */
export function randomLiteral(type: GraphQLInputType, place: Place, values: Values, variable: NameVariable): string {
  const { chance, known } = values;
  const named = variable(type, place);
  if (named !== null) return named;
  if (!isNonNullType(type) && chance.is(0.1)) return 'null';
  const bare = getNullableType(type);
  if (isListType(bare)) {
    if (chance.is(0.1)) return randomLiteral(bare.ofType, place, values, () => null);
    return `[${chance.times(chance.below(3), () => randomLiteral(bare.ofType, place, values, variable)).join(', ')}]`;
  }
  if (isEnumType(bare)) return chance.pick(bare.getValues())?.name ?? 'null';
  if (!isInputObjectType(bare)) return toLiteral(chance.pick(known(place) ?? SCALARS[bare.name] ?? TEXTS));
  const fields = Object.values(bare.getFields()).filter((field) => isRequiredInputField(field) || chance.is(0.4));
  return `{${fields.map(({ name, type: own }) => `${name}: ${randomLiteral(own, { ...place, name }, values, variable)}`).join(', ')}}`;
}

/** A value of JSON as GraphQL writes it. */
function toLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toLiteral).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, item]) => `${name}: ${toLiteral(item)}`)
    .join(', ')}}`;
}
