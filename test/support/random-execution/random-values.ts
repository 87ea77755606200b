import { getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField } from 'graphql';
import type { GraphQLInputType } from 'graphql';
import type { Chance } from './chance.js';

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

/** A value for a variable of this type: right, or wrong in some part with probability `wrong`; undefined: the variable is not provided. */
export function randomValue(type: GraphQLInputType, chance: Chance, wrong: number): unknown {
  if (chance.is(wrong)) return chance.is(0.3) ? undefined : chance.pick(WRONG);
  if (!isNonNullType(type) && chance.is(0.1)) return null;
  const bare = getNullableType(type);
  if (isListType(bare)) {
    // A single value stands for a list of it.
    if (chance.is(0.1)) return randomValue(bare.ofType, chance, wrong);
    return chance.times(chance.below(3), () => randomValue(bare.ofType, chance, wrong) ?? null);
  }
  if (isEnumType(bare)) return chance.pick(bare.getValues())?.name;
  if (!isInputObjectType(bare)) return chance.pick(SCALARS[bare.name] ?? TEXTS);
  const fields = Object.values(bare.getFields()).filter((field) => isRequiredInputField(field) || chance.is(0.5));
  return Object.fromEntries(fields.map((field) => [field.name, randomValue(field.type, chance, wrong)]));
}

/** A valid literal of this type. `variable` may name a variable to stand in the place of the whole value or of a part of it. */
export function randomLiteral(type: GraphQLInputType, chance: Chance, variable: (type: GraphQLInputType) => string | null): string {
  const named = variable(type);
  if (named !== null) return named;
  if (!isNonNullType(type) && chance.is(0.1)) return 'null';
  const bare = getNullableType(type);
  if (isListType(bare)) {
    if (chance.is(0.1)) return randomLiteral(bare.ofType, chance, () => null);
    return `[${chance.times(chance.below(3), () => randomLiteral(bare.ofType, chance, variable)).join(', ')}]`;
  }
  if (isEnumType(bare)) return chance.pick(bare.getValues())?.name ?? 'null';
  if (!isInputObjectType(bare)) return JSON.stringify(chance.pick(SCALARS[bare.name] ?? TEXTS));
  const fields = Object.values(bare.getFields()).filter((field) => isRequiredInputField(field) || chance.is(0.4));
  return `{${fields.map((field) => `${field.name}: ${randomLiteral(field.type, chance, variable)}`).join(', ')}}`;
}
