import { GraphQLError, buildSchema, execute, isObjectType, isScalarType, parse, printSchema } from 'graphql';
import type { ExecutionResult, GraphQLResolveInfo } from 'graphql';
import { CompiledQueries } from '../../../../src/transport/execution/compiled-queries.js';
import type { Execute } from '../../../../src/transport/execution/compiled-queries.js';
import { memoizeMutations } from '../../../../src/transport/execution/mutation-memo.js';

const schema = buildSchema(`
  scalar Site
  interface Named { name: String! }
  input Filter { name: String state: Int }
  input Home { site: Site at: String }
  type Person implements Named { host(home: Home, site: Site): String name: String! friend: Person friends: [Person!]! age(plus: Int = 1): Int! late: Int! given(filter: Filter): String }
  type Query { person(id: ID!): Person named: Named sdl: String people(ids: [ID!]!): [Person]! }
  type Mutation { set(n: Int!): Int! invite(name: String!): Person }
`);
let calls: string[] = [];
resolve('Person', 'age', (_root, { plus }) => 40 + (plus as number));
resolve('Person', 'late', () => Promise.reject(new Error('too late')));
resolve('Person', 'given', (_root, args) => JSON.stringify(args));
resolve('Person', 'host', (_root, { home, site }) => ((home as { site: URL } | undefined)?.site ?? (site as URL)).host);
const siteType = schema.getType('Site');
if (isScalarType(siteType)) siteType.parseValue = (value) => new URL(String(value));
resolve('Query', 'person', (_root, { id }) => {
  calls.push(`person ${String(id)}`);
  if (id === 'down') throw new Error('down');
  return id === 'nobody' ? null : person(id as string);
});
resolve('Query', 'people', (_root, { ids }) =>
  (ids as string[]).map((id) => (id === 'down' ? Promise.reject(new Error('down')) : Promise.resolve(person(id)))),
);
resolve('Query', 'sdl', (_root, _args, _context, info) => printSchema(info.schema));
resolve('Query', 'named', () => ({ __typename: 'Person', name: 'N' }));
resolve('Mutation', 'set', (_root, { n }) => {
  calls.push(`set ${String(n)}`);
  if (n === 0) throw new GraphQLError('not zero', { extensions: { code: 'ZERO' } });
  return n;
});
resolve('Mutation', 'invite', (_root, { name }) => {
  calls.push(`invite ${String(name)}`);
  if (name === 'down') return Promise.reject(new Error('down'));
  return Promise.resolve(person(name as string));
});
memoizeMutations(schema);

type Resolver = (root: unknown, args: Record<string, unknown>, context: unknown, info: GraphQLResolveInfo) => unknown;
function resolve(type: string, field: string, resolver: Resolver): void {
  const owner = schema.getType(type);
  if (isObjectType(owner)) Object.assign(owner.getFields()[field] ?? {}, { resolve: resolver });
}

const person = (name: string): object => ({ name, friend: { name: null }, friends: [{ name: 'a' }, { name: null }] });

type Case = readonly [what: string, text: string, variables?: Record<string, unknown> | undefined, operationName?: string | undefined];

/** What its client gets, and what was called for it. */
async function answerOf(executes: Execute, [, text, variables, operationName]: Case): Promise<unknown> {
  calls = [];
  const request = { variableValues: variables ?? {}, operationName: operationName ?? null };
  const result: ExecutionResult = await executes({ schema, document: parse(text), contextValue: {}, ...request });
  return { text: JSON.stringify(result), areErrors: result.errors?.every((error) => error instanceof GraphQLError) };
}

const FRAGMENTS = 'fragment R on Person { ...C } fragment D on Person { ...C age } fragment C on Person { name }';
const CASES: readonly Case[] = [
  ['plain fields', 'query Q($id: ID!) { person(id: $id) { name age(plus: 2) } }', { id: 'p' }],
  ['null', 'query Q($id: ID!) { person(id: $id) { name } }', { id: 'nobody' }],
  ['the schema itself', '{ sdl }'],
  ['an interface', '{ named { __typename name ... on Person { age } } }'],
  ['a null where none may be', '{ person(id: "p") { name friend { name } } }'],
  ['a null in a list', 'query Q {\n  person(id: "p") {\n    friends { name }\n  }\n}'],
  ['a rejected promise', '{\r\n  person(id: "p") { name friend { late } }\r\n}'],
  ['failures below a parent that is null', '{ person(id: "p") { late friend { late } friends { age late } } }'],
  ['a failed item of a list', 'query Q($ids: [ID!]!) { people(ids: $ids) { name } }', { ids: ['a', 'down', 'b'] }],
  ['a missing variable', 'query Q($id: ID!) { person(id: $id) { name } }', {}],
  ['a variable of another type', 'query Q($plus: Int) { person(id: "p") { age(plus: $plus) } }', { plus: 'many' }],
  ['a list in the place of an input object', 'query Q($f: Filter) { person(id: "p") { given(filter: $f) } }', { f: [] }],
  ['one value in the place of a list', 'query Q($ids: [ID!]!) { people(ids: $ids) { name } }', { ids: 5 }],
  ['an absent variable in an input object', 'query Q($n: String) { person(id: "p") { given(filter: { name: $n, state: 1 }) } }', {}],
  ['a scalar that is an object, in an input object', '{ person(id: "p") { host(home: { site: "https://example.org", at: "h" }) } }'],
  ['a scalar that is an object', '{ person(id: "p") { host(site: "https://example.org") } }'],
  ['a variable that is an object', 'query Q($s: Site) { person(id: "p") { host(site: $s) } }', { s: 'https://example.org' }],
  ['default values', 'query Q($f: Filter = { state: 3 }) { person(id: "p") { given(filter: $f) age } }'],
  ['an alias that means something in JavaScript', '{ __proto__: person(id: "p") { constructor: name __proto__: age } }'],
  ['a mutation', 'mutation M($name: String!) { invite(name: $name) { name friends { __typename } } }', { name: 'p' }],
  ['a mutation that fails', 'mutation M { set(n: 0) }'],
  ['a mutation that rejects', 'mutation M { invite(name: "down") { name } }'],
  ['a mutation of which a field fails', 'mutation M { invite(name: "p") { name late friend { name } } }'],
  ['a mutation without a variable', 'mutation M($name: String!) { invite(name: $name) { name } }', {}],
  ['several failures with codes of their own', 'mutation M { a: set(n: 1) b: set(n: 0) }'],
  ['mutations after one that failed', 'mutation M { a: set(n: 0) b: set(n: 2) }'],
  ['one of several operations', 'query A { named { name } } query B { person(id: "b") { name } }', {}, 'B'],
  ['an operation that is not there', 'query A { named { name } }', {}, 'C'],
  ['an operation without a name', 'query A { named { name } }', {}, ''],
  ['skipped fields', 'query Q($no: Boolean!) { named { name @include(if: $no) __typename } }', { no: false }],
  [
    'fragments of which one is skipped',
    `query Q($m: Boolean!) { person(id: "p") { ...D @include(if: $m) ...R } } ${FRAGMENTS}`,
    { m: false },
  ],
  [
    'a field skipped the second time',
    `query Q($m: Boolean!) { named { name } named @include(if: $m) { ...D } } ${FRAGMENTS}`,
    { m: false },
  ],
  ['null for a directive', 'query Q($m: Boolean = true) { named { name @include(if: $m) } }', { m: null }],
  [
    'a directive in a fragment',
    `query Q($m: Boolean!) { person(id: "p") { ...E } } fragment E on Person { age @skip(if: $m) }`,
    { m: true },
  ],
];

it.each(CASES.map((one) => ({ what: one[0], one })))('answers $what as graphql-js does, at every execution', async ({ one }) => {
  const queries = new CompiledQueries(0);
  await queries.load();
  const expected = await answerOf(execute, one);
  const expectedCalls = calls;
  for (let time = 0; time < 3; time += 1) expect(await answerOf(queries.execute, one)).toEqual(expected);
  if (one[1].startsWith('mutation')) expect(calls).toEqual(expectedCalls);
});

it.each([
  ['with a context of its own', {}, 1],
  ['with none, to which no outcome can belong', undefined, 0],
])('compiles a mutation %s', async (_what, contextValue, compiled) => {
  const queries = new CompiledQueries(0);
  await queries.load();
  const document = parse('mutation { invite(name: "p") { name } }');
  expect(await queries.execute({ schema, document, contextValue })).toEqual({ data: { invite: { name: 'p' } } });
  expect(queries.compiled).toBe(compiled);
});

const NAMED = { schema, document: parse('{ named { name } }') };

it('interprets a document until it has come often enough, and compiles it once', async () => {
  const queries = new CompiledQueries(1);
  await queries.load();
  const results = [];
  for (let time = 0; time < 3; time += 1) results.push(await queries.execute(NAMED));
  expect(results[1]).toEqual(results[0]);
  expect(queries.compiled).toBe(1);
});

it('interprets permanently what it never compiles', async () => {
  const queries = new CompiledQueries(Infinity);
  await queries.load();
  for (let time = 0; time < 3; time += 1) await queries.execute(NAMED);
  expect(queries.compiled).toBe(0);
});

it('asks twice for what fails once only: until it has succeeded again, the document is interpreted', async () => {
  const queries = new CompiledQueries(2);
  await queries.load();
  const ask = (id: string) => queries.execute({ schema, document, variableValues: { id } });
  const document = parse('query Q($id: ID!) { person(id: $id) { name } }');
  for (let time = 0; time < 3; time += 1) await ask('p');
  expect(queries.compiled).toBe(1);
  calls = [];
  for (let time = 0; time < 10; time += 1) await ask('down');
  expect(calls).toHaveLength(11);
  calls = [];
  for (let time = 0; time < 4; time += 1) expect(await ask('p')).toEqual({ data: { person: { name: 'p' } } });
  expect(calls).toHaveLength(4);
});
