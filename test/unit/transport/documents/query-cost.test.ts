import { getOperationAST, parse, validate } from 'graphql';
import { buildSchema } from '../../../../src/resolvers/build-schema.js';
import { FederationResolver } from '../../../../src/resolvers/federation/federation-resolver.js';
import { estimateCost } from '../../../../src/transport/documents/query-cost.js';

const ours = buildSchema();

function cost(text: string, variables: Record<string, unknown> = {}, schema = ours): number {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('one operation, please');
  return estimateCost(schema, document, operation)(variables);
}

it.each<[string, string, number]>([
  ['takes one for an object and nothing for what it holds', '{ gateway { version latestCursor } viewer { role } }', 2],
  ['multiplies by first', '{ conversations(first: 7) { nodes { id } } }', 1 + 7],
  ['multiplies by last', '{ channels(last: 9) { edges { node { id } } } }', 1 + 9 * 2],
  [
    'counts nodes and edges, and the page information once',
    '{ channels(first: 10) { nodes { id } edges { node { id } } pageInfo { endCursor } } }',
    1 + 10 + 20 + 1,
  ],
  [
    'multiplies nested pages',
    '{ conversations(first: 10) { nodes { messages(last: 20) { nodes { id author { id } } } } } }',
    1 + 10 * (1 + 1 + 20 * 2),
  ],
  ['multiplies by first in the inbox', '{ inbox(first: 30) { nodes { id } edges { node { id } } } }', 1 + 30 + 60],
  ['multiplies by last in the inbox', '{ inbox(last: 30) { nodes { id } edges { node { id } } } }', 1 + 30 + 60],
  ['takes the size that is set beside one that is null', '{ inbox(first: null, last: 30) { nodes { id } } }', 1 + 30],
  ['takes the default of a field that has one', '{ inbox { nodes { id lastMessage { id author { id } } } } }', 1 + 20 * 3],
  ['multiplies by first where there is no last', '{ eventFeed(first: 40) { nodes { id } pageInfo { endCursor } } }', 1 + 40 + 1],
  [
    'adds what a filtered feed examines',
    '{ a: eventFeed(first: 2, types: [MESSAGE_ADDED]) { nodes { id } } b: eventFeed(first: 2, types: null, shard: null) { nodes { id } } }',
    1 + 2 + 1_000 + 1 + 2,
  ],
  ['adds what a filtered inbox examines', '{ inbox(first: 2, filter: { unreadOnly: true }) { nodes { id } } }', 1 + 2 + 100],
  ['takes a full page where it may be left out', '{ eventFeed { edges { node { id conversation { id } } } } }', 1 + 100 * 3],
  ['takes a list without paging as five, beside one', '{ queues { queueId } eventFeed(first: 2) { nodes { id } } }', 5 + 1 + 2],
  ['multiplies by the number of ids', '{ nodes(ids: ["a", "b", "c"]) { id ... on Conversation { customer { name } } } }', 3 * 2],
  ['takes a list of unknown length as five', '{ conversation(id: "c") { participants { id } } }', 1 + 5],
  [
    'takes 100 where a page is of no size, or of one that will be refused',
    '{ channels(first: 1000) { nodes { id } } webhooks { nodes { id } } }',
    2 + 200,
  ],
  [
    'takes ten more for a change',
    'mutation { sendMessage(input: { conversationId: "c", text: "x" }) { conversation { id } userErrors { code } } }',
    10 + 1 + 1 + 5,
  ],
  [
    'counts the dearest of several types',
    '{ node(id: "x") { id ... on Conversation { customer { name } channel { id } } ... on Message { author { id } } } }',
    1 + 2,
  ],
  [
    'adds what is asked of an interface to what is asked of its type',
    '{ node(id: "x") { ...A ...A } } fragment A on Conversation { customer { name } }',
    1 + 2,
  ],
  [
    'counts what a subscription costs for each event',
    'subscription { messageAdded(conversationId: "c") { message { id author { id } } } }',
    3,
  ],
  [
    'looks through fragments',
    'query { ...Q } fragment Q on Query { channels(first: 3) { ...C } } fragment C on ChannelConnection { nodes { id } }',
    4,
  ],
])('%s', (_what, text, expected) => {
  expect(cost(text)).toBe(expected);
});

const PAGED = 'query($first: Int, $last: Int = 4) { channels(first: $first, last: $last) { nodes { id } } }';

it.each<[string, Record<string, unknown>, number]>([
  ['the variable', { first: 8 }, 8],
  ['the one that is given of both', { first: null, last: 6 }, 6],
  ['the default', {}, 4],
  ['100 for what is no number', { first: 'x', last: null }, 100],
  ['100 for a prototype’s', { first: {}, last: [] }, 100],
])('takes as a size %s', (_what, variables, expected) => {
  expect(cost(PAGED, variables)).toBe(1 + expected);
});

it('counts ids given as a variable, or some of them', () => {
  expect(cost('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: ['a', 'b'] })).toBe(2);
  expect(cost('query($id: ID!) { nodes(ids: [$id, "b", "c"]) { id } }', { id: 'a' })).toBe(3);
  expect(cost('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array.from({ length: 5_000 }, () => 'a') })).toBe(100);
});

it('never costs more than the dearest page for sizes that would be refused', () => {
  for (const first of [-1, 1.5, Infinity, NaN, 1e9]) expect(cost(PAGED, { first })).toBeLessThanOrEqual(101);
});

it('counts the entities that a router asks for', () => {
  const text = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Conversation { customer { name } } ... on Agent { name } } }';
  const representations = (length: number) => ({ r: Array.from({ length }, () => ({ __typename: 'Conversation', id: 'a' })) });
  const federated = buildSchema([FederationResolver]);
  expect(cost(text, representations(3), federated)).toBe(3 * 2);
  // Rejected by the field.
  expect(cost(text, representations(5_000), federated)).toBe(1_000 * 2);
  expect(cost('{ _entities(representations: [{ __typename: "Agent", id: "a" }]) { __typename } }', {}, federated)).toBe(1);
});

it('takes the size of an inbox from a variable, and the default without one', () => {
  const text = 'query($n: Int = 7, $m: Int) { inbox(first: $n, last: $m) { nodes { id } } }';
  expect([cost(text, { n: 50 }), cost(text), cost(text, { n: 1_000 })]).toEqual([51, 8, 101]);
  expect([cost(text, { n: null, m: 50 }), cost(text, { n: null }), cost(text, { n: null, m: 1_000 })]).toEqual([51, 21, 101]);
});
