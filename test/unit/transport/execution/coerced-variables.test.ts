import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql';
import { CoercedVariables } from '../../../../src/transport/execution/coerced-variables.js';

const schema = buildSchema(
  `enum Color { RED } scalar Any
   input Point { x: Int! }
   input Line { from: Point!, to: Point, color: Color, names: [String!], any: Any, width: Int! = 1, next: Line }
   input Text { text: String, id: ID! }
   type Query { a(id: ID, text: String, line: Line, texts: Text, any: Any, flag: Boolean, real: Float): Int }`,
);
const VALUES: readonly unknown[] = [
  undefined, null, '', 'text', '1', 0, -0, 1, -1, 1.5, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, NaN, Infinity, true, false, [], ['a'], {}, { x: 1 }, 'RED',
  { x: null }, { x: 1, y: 2 }, { x: 1.5 }, { id: 'i' }, { id: 1 }, { id: 'i', text: null }, { id: 'i', text: 't' }, { text: 't' }, { id: 'i', text: undefined },
  { from: { x: 1 } }, { from: { x: 1 }, width: 2 }, { from: { x: 1 }, width: null }, { from: { x: 1 }, width: 2, to: null, color: 'RED', names: ['a'], next: null },
  { from: { x: 1 }, width: 2, names: 'a' }, { from: { x: 1 }, width: 2, names: ['a', null] }, { from: { x: 1 }, width: 2, color: 'BLUE' },
  { from: { x: 1 }, width: 2, next: { from: { x: 1 }, width: 3, to: { x: 2 } } }, { from: { x: 1 }, width: 2, next: { from: { x: 1 } } },
  { from: { x: 1 }, width: 2, any: { b: 1 } }, JSON.parse('{ "id": "i", "__proto__": "t" }'), [{ id: 'i' }, null], [[{ id: 'i' }]],
]; // prettier-ignore
const DEFINITIONS = [
  'ID!',
  'ID',
  'String!',
  'String',
  'String = "d"',
  'Int!',
  'Int',
  'Int! = 5',
  'Boolean!',
  'Float!',
  '[ID!]!',
  'Color',
  'Point',
  'Line!',
  'Text',
  '[Text]',
  '[[Text!]!]',
  '[Color!]',
  'Any',
];

function operationOf(text: string) {
  const operation = getOperationAST(parse(text));
  if (!operation) throw new Error(`no operation: ${text}`);
  return operation;
}

describe('coerced variables', () => {
  test.each(DEFINITIONS)('of type %s are what graphql makes of them, for every kind of value', (definition) => {
    const operation = operationOf(`query ($v: ${definition}, $other: ID) { a }`);
    const variables = new CoercedVariables();
    for (const v of VALUES)
      for (const given of [{ v, other: 'o' }, { v }, v === undefined ? { other: 'o' } : { v, other: null, unknown: 1 }]) {
        const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
        expect(variables.coerce(schema, operation, given)).toEqual(coerced ? { ...coerced } : null);
      }
  });

  test('are those that the operation defines, and no others', () => {
    const operation = operationOf('query ($id: ID!, $last: Int!) { a }');
    expect(new CoercedVariables().coerce(schema, operation, { last: 2, more: true, id: 'c1' })).toStrictEqual({ id: 'c1', last: 2 });
  });

  test('are not inherited from the prototype of the values', () => {
    const operation = operationOf('query ($toString: String, $id: ID!) { a }');
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { id: 'c1' });
    expect(new CoercedVariables().coerce(schema, operation, { id: 'c1' })).toEqual({ ...coerced });
  });

  test('of an operation without definitions are none', () => {
    expect(new CoercedVariables().coerce(schema, operationOf('{ a }'), { id: 'c1' })).toEqual({});
  });
});
