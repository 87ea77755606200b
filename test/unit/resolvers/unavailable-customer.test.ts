import { buildSchema, graphql, parse } from 'graphql';
import { compileQuery } from 'graphql-jit';
import { unavailableCustomer } from '../../../src/resolvers/unavailable-customer.js';

const SCHEMA = buildSchema(`
  type Query { customer: Customer! }
  type Customer { name: String email: String timezoneOffsetMinutes: Int properties: [String!]! }
`);
const unreachable = new Error('unreachable');
const rootOf = () => ({ customer: unavailableCustomer(unreachable) });

const executeCompiled = async (source: string) => {
  const compiled = compileQuery(SCHEMA, parse(source));
  return 'query' in compiled ? compiled.query(rootOf(), {}, {}) : Promise.reject(new Error('not compiled'));
};
const EXECUTORS = [
  ['graphql-js', (source: string) => graphql({ schema: SCHEMA, source, rootValue: rootOf() })],
  ['graphql-jit', executeCompiled],
] as const;

it.each(EXECUTORS)('has its error at the first selected field, and only there, by %s', async (_, execute) => {
  const { data, errors = [] } = await execute('{ customer { __typename properties email name timezoneOffsetMinutes } }');
  expect(data).toEqual({ customer: { __typename: 'Customer', properties: [], email: null, name: null, timezoneOffsetMinutes: null } });
  expect(errors.map(({ message, path }) => [message, path])).toEqual([['unreachable', ['customer', 'email']]]);
});

it.each(EXECUTORS)('has it in each place where that field is selected under another name, by %s', async (_, execute) => {
  const { data, errors = [] } = await execute('{ customer { a: name b: name email } }');
  expect(data).toEqual({ customer: { a: null, b: null, email: null } });
  expect(errors.map(({ path }) => path)).toEqual([
    ['customer', 'a'],
    ['customer', 'b'],
  ]);
});
