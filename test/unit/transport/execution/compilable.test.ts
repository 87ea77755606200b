import { buildSchema, getOperationAST, parse } from 'graphql';
import { isCompilable } from '../../../../src/transport/execution/compilable.js';
import { buildSchema as buildOurSchema } from '../../../../src/resolvers/build-schema.js';

const schema = buildSchema(`
  input Filter { name: String state: Int }
  type Query { a: Query b(filter: Filter, names: [String]): Int }
  type Mutation { a: Int }
  type Subscription { a: Query }
`);

function judged(text: string, of = schema): boolean {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  return isCompilable(of, document, operation);
}

it.each([
  ['a query', '{ a { __typename b } ...F } fragment F on Query { c: b }'],
  ['a subscription', 'subscription { a { b } }'],
  ['one mutation', 'mutation { a }'],
  ['variables that are whole arguments', 'query ($f: Filter) { b(filter: $f, names: ["x"]) }'],
])('compiles %s', (_what, text) => {
  expect(judged(text)).toBe(true);
});

it.each([
  ['several mutations', 'mutation { a c: a }'],
  ['mutations in a fragment', 'mutation { ...F } fragment F on Mutation { a c: a }'],
  ['a directive on a field', '{ b @skip(if: true) }'],
  ['a directive on an inline fragment', '{ ... @include(if: true) { b } }'],
  ['a directive on a spread', '{ ...F @include(if: true) } fragment F on Query { b }'],
  ['a directive inside of a fragment', '{ a { ...F } } fragment F on Query { b @include(if: true) }'],
  ['a directive on the operation', 'query @x { b }'],
  ['introspection', '{ __schema { queryType { name } } }'],
  ['a reserved alias', '{ __proto__: b }'],
  ['a reserved variable', 'query ($__proto__: [String]) { b(names: $__proto__) }'],
  ['a variable in an input object', 'query ($n: String) { b(filter: { name: $n }) }'],
  ['a variable in a list', 'query ($n: String) { b(names: [$n]) }'],
])('does not compile %s', (_what, text) => {
  expect(judged(text)).toBe(false);
});

it.each([
  ['a URL', 'verifyWebhook(input: { url: "https://example.org" }) { verified }', false],
  ['a URL below an input object', 'createWebhook(input: { name: "w", url: "https://example.org" }) { __typename }', false],
  ['a date', 'markRead(input: { conversationId: "c", readAt: "2026-01-01T00:00:00Z" }) { __typename }', true],
  ['texts, numbers and enums', 'sendMessage(input: { conversationId: "c", text: "t" }) { __typename }', true],
])('decides whether generated code can hold %s that the document contains', (_what, field, isCompiled) => {
  expect(judged(`mutation { ${field} }`, buildOurSchema())).toBe(isCompiled);
});

it('does not compile a field of which a default value is no JSON', () => {
  const ours = buildSchema('scalar Moment type Query { at(when: Moment): Int }');
  const argument = ours.getQueryType()?.getFields()['at']?.args[0];
  expect(judged('{ at }', ours)).toBe(true);
  Object.assign(argument ?? {}, { defaultValue: new URL('https://example.org') });
  expect(judged('{ at }', ours)).toBe(false);
  expect(judged('query ($m: Moment) { at(when: $m) }', ours)).toBe(true);
});

it('does not compile interfaces below interfaces, for which code would multiply', () => {
  const events = (below: string) => `events(last: 1) { nodes { id conversation { id ${below} } } }`;
  const ours = buildOurSchema();
  expect(judged(`{ conversation(id: "c") { ${events('')} } }`, ours)).toBe(true);
  expect(judged(`{ conversation(id: "c") { ${events(events(''))} } }`, ours)).toBe(false);
});
