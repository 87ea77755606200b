import { GraphQLError, buildSchema, execute, isObjectType, parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { CompiledQueries } from '../../../src/transport/compiled-queries.js';

const schema = buildSchema(`
  interface Named { name: String! }
  type Person implements Named { name: String! friend: Person friends: [Person!]! age(plus: Int = 1): Int! late: Int! }
  type Query { person(id: ID!): Person named: Named }
  type Mutation { set(n: Int!): Int! }
`);
resolve('Person', 'age', (_root, { plus }) => 40 + (plus as number));
resolve('Person', 'late', () => Promise.reject(new Error('too late')));
resolve('Query', 'person', (_root, { id }) => (id === 'nobody' ? null : person(id as string)));
resolve('Query', 'named', () => ({ __typename: 'Person', name: 'N' }));
resolve('Mutation', 'set', (_root, { n }) => {
  if (n === 0) throw new GraphQLError('not zero', { extensions: { code: 'ZERO' } });
  return n;
});

function resolve(type: string, field: string, resolver: (root: unknown, args: Record<string, unknown>) => unknown): void {
  const owner = schema.getType(type);
  if (isObjectType(owner)) Object.assign(owner.getFields()[field] ?? {}, { resolve: resolver });
}

const person = (name: string): object => ({ name, friend: { name: null }, friends: [{ name: 'a' }, { name: null }] });

const run = async (
  queries: CompiledQueries,
  document: DocumentNode,
  variableValues: Record<string, unknown>,
  operationName: string | null,
) => {
  const result = await queries.execute({ schema, document, variableValues, operationName });
  return { data: result.data, errors: result.errors?.map((error) => ({ ...error.toJSON(), isError: error instanceof GraphQLError })) };
};

const cases: readonly (readonly [string, string, Record<string, unknown>, string | null])[] = [
  ['plain fields', 'query Q($id: ID!) { person(id: $id) { name age(plus: 2) } }', { id: 'p' }, null],
  ['null', 'query Q($id: ID!) { person(id: $id) { name } }', { id: 'nobody' }, null],
  ['an interface', '{ named { __typename name ... on Person { age } } }', {}, null],
  ['a null where none may be', '{ person(id: "p") { name friend { name } } }', {}, null],
  ['a null in a list', 'query Q {\n  person(id: "p") {\n    friends { name }\n  }\n}', {}, null],
  ['a rejected promise', '{\r\n  person(id: "p") { name friend { late } }\r\n}', {}, null],
  ['a missing variable', 'query Q($id: ID!) { person(id: $id) { name } }', {}, null],
  ['a variable of another type', 'query Q($plus: Int) { person(id: "p") { age(plus: $plus) } }', { plus: 'many' }, null],
  ['several faults with codes of their own', 'mutation M { a: set(n: 1) b: set(n: 0) }', {}, null],
  ['one of several operations', 'query A { named { name } } query B { person(id: "b") { name } }', {}, 'B'],
  ['an operation that is not there', 'query A { named { name } }', {}, 'C'],
  ['skipped fields', 'query Q($no: Boolean!) { named { name @include(if: $no) __typename } }', { no: false }, null],
];

it.each(cases)('answers %s as `execute` does', async (_what, text, variables, operationName) => {
  const document = parse(text);
  const compiled = new CompiledQueries(0);
  await compiled.load();
  const interpreted = new CompiledQueries(Infinity);
  const [actual, expected] = [
    await run(compiled, document, variables, operationName),
    await run(interpreted, document, variables, operationName),
  ];
  expect(actual).toEqual(expected);
  const direct = await execute({ schema, document, variableValues: variables, operationName });
  expect(expected.data).toEqual(direct.data);
});

it('interprets a document until it has come often enough, and compiles it once', async () => {
  const document = parse('{ named { name } }');
  const queries = new CompiledQueries(1);
  await queries.load();
  const results = [];
  for (let time = 0; time < 3; time += 1) results.push(await queries.execute({ schema, document }));
  expect(results[1]).toEqual(results[0]);
  expect(queries.compiled).toBe(1);
});
