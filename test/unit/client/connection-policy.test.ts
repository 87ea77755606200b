import { gql, InMemoryCache } from '@apollo/client';
import { applyEvent, possibleTypes, typePolicies } from '../../../client/src/apollo/index.js';
import type { ConversationEventsSubscription } from '../../../client/src/generated/graphql.js';

let cache: InMemoryCache;
beforeEach(() => {
  cache = new InMemoryCache({ possibleTypes, typePolicies });
});

const node = (n: number) => ({ __typename: 'Message', id: `m${n}` });
const edge = (n: number) => ({ __typename: 'MessageEdge', cursor: `c${n}`, node: node(n) });
const pageInfo = (from: number, to: number, more: [boolean, boolean]) => ({
  __typename: 'PageInfo',
  hasPreviousPage: more[0],
  hasNextPage: more[1],
  startCursor: `c${from}`,
  endCursor: `c${to}`,
});

const NODES = 'nodes { __typename id }';
const EDGES = 'edges { __typename cursor node { __typename id } }';
const INFO = 'pageInfo { __typename hasPreviousPage hasNextPage startCursor endCursor }';

const queryOf = (args: string, selection: string, field = 'messages') =>
  gql(`{ conversation(id: "c") { __typename id ${field}(${args}) { __typename ${selection} } } }`);

function write(args: string, selection: string, connection: object | null, field = 'messages'): void {
  const written = connection && { __typename: 'MessageConnection', ...connection };
  cache.writeQuery({
    query: queryOf(args, selection, field),
    data: { conversation: { __typename: 'Conversation', id: 'c', [field]: written } },
  });
}

interface Connection {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
}

function read(args: string, selection: string, field = 'messages'): Connection | null | undefined {
  return cache.readQuery<{ conversation: Record<string, Connection | null> }>({ query: queryOf(args, selection, field) })?.conversation[
    field
  ];
}

const ids = (args: string) => read(args, NODES)?.nodes.map(({ id }) => id);

function deliver(id: string, type = 'MessageAdded'): void {
  const event = {
    __typename: type,
    id: `e${id}`,
    type: type === 'MessageAdded' ? 'MESSAGE_ADDED' : 'AGENT_JOINED',
    message: { __typename: 'Message', id },
  };
  const query = gql`
    subscription {
      conversationEvents(conversationId: "c") {
        __typename
        id
        message {
          __typename
          id
        }
      }
    }
  `;
  cache.writeQuery({ query, id: 'ROOT_SUBSCRIPTION', data: { conversationEvents: event } });
  applyEvent(cache, 'c', event as unknown as ConversationEventsSubscription['conversationEvents']);
}

it('merges a list that is read by edges twice', () => {
  write('last: 3', EDGES, { edges: [1, 2, 3].map(edge) });
  write('last: 3', EDGES, { edges: [2, 3, 4].map(edge) });
  expect(ids('last: 3')).toEqual(['m1', 'm2', 'm3', 'm4']);
  expect(read('last: 3', EDGES)?.edges.map(({ cursor }) => cursor)).toEqual(['c1', 'c2', 'c3', 'c4']);
});

it.each([
  ['before', ['totalCount', NODES]],
  ['after', [NODES, 'totalCount']],
])('keeps a count that is read %s the nodes', (_when, selections) => {
  for (const selection of selections) write('last: 2', selection, selection === NODES ? { nodes: [1, 2].map(node) } : { totalCount: 2 });
  expect(read('last: 2', `${NODES} totalCount`)).toMatchObject({ nodes: [{ id: 'm1' }, { id: 'm2' }], totalCount: 2 });
});

it('does not make up a pageInfo that no answer had', () => {
  write('last: 2', 'totalCount', { totalCount: 2 });
  expect(read('last: 2', INFO)).toBeUndefined();
});

it('holds null until the list is read, and keeps the list when it is null later', () => {
  write('last: 2', NODES, null);
  expect(read('last: 2', NODES)).toBeNull();
  deliver('m1');
  write('last: 2', NODES, { nodes: [1, 2].map(node) });
  write('last: 2', NODES, null);
  expect(ids('last: 2')).toEqual(['m1', 'm2']);
});

it('joins pages by after behind the first one', () => {
  write('first: 2', `${NODES} ${INFO}`, { nodes: [1, 2].map(node), pageInfo: pageInfo(1, 2, [false, true]) });
  write('first: 2, after: "c2"', `${NODES} ${INFO}`, { nodes: [3, 4].map(node), pageInfo: pageInfo(3, 4, [true, false]) });
  expect(ids('first: 2')).toEqual(['m1', 'm2', 'm3', 'm4']);
  expect(read('first: 2', INFO)).toMatchObject({ pageInfo: pageInfo(1, 4, [false, false]) });
});

it('keeps what is known of the end when a page by before comes in front', () => {
  write('last: 2', `${NODES} ${INFO}`, { nodes: [3, 4].map(node), pageInfo: pageInfo(3, 4, [true, false]) });
  write('last: 2, before: "c3"', `${NODES} ${INFO}`, { nodes: [1, 2].map(node), pageInfo: pageInfo(1, 2, [false, true]) });
  expect(read('last: 2', `${NODES} ${INFO}`)).toMatchObject({ nodes: [1, 2, 3, 4].map(node), pageInfo: pageInfo(1, 4, [false, false]) });
});

it('leaves the list alone when a page next to something else is empty', () => {
  write('last: 2', NODES, { nodes: [1, 2].map(node) });
  write('first: 2, after: "c2"', NODES, { nodes: [] });
  expect(ids('last: 2')).toEqual(['m1', 'm2']);
});

it('keeps a message of an event when an older answer says that the list is empty', () => {
  write('last: 2', NODES, { nodes: [] });
  deliver('m1');
  write('last: 2', NODES, { nodes: [] });
  expect(ids('last: 2')).toEqual(['m1']);
});

it('merges interactions', () => {
  const interaction = (n: number) => ({ __typename: 'Interaction', id: `i${n}` });
  write('last: 2', NODES, { __typename: 'InteractionConnection', nodes: [1, 2].map(interaction) }, 'interactions');
  write('last: 1', NODES, { __typename: 'InteractionConnection', nodes: [interaction(2)] }, 'interactions');
  expect(read('last: 2', NODES, 'interactions')?.nodes.map(({ id }) => id)).toEqual(['i1', 'i2']);
});

it('adds a message to a list that is read by edges', () => {
  write('last: 2', EDGES, { edges: [1, 2].map(edge) });
  deliver('m3');
  expect(read('last: 2', EDGES)?.edges).toMatchObject([edge(1), edge(2), { __typename: 'MessageEdge', cursor: '', node: node(3) }]);
});

it('adds an event only to the lists that it belongs to', () => {
  write('last: 2', NODES, { nodes: [1, 2].map(node) });
  write('last: 2, interactionId: null', NODES, { nodes: [1, 2].map(node) });
  write('last: 2, interactionId: "past"', NODES, { nodes: [1].map(node) });
  for (const types of ['', ', types: [AGENT_JOINED]', ', types: [MESSAGE_ADDED, AGENT_LEFT]'])
    write(`last: 2${types}`, NODES, { __typename: 'ConversationEventConnection', nodes: [] }, 'events');
  deliver('m3');
  deliver('j', 'AgentJoined');

  expect(ids('last: 2')).toEqual(['m1', 'm2', 'm3']);
  expect(ids('last: 2, interactionId: null')).toEqual(['m1', 'm2', 'm3']);
  expect(ids('last: 2, interactionId: "past"')).toEqual(['m1']);
  const events = (types: string) => read(`last: 2${types}`, NODES, 'events')?.nodes.map(({ id }) => id);
  expect(events('')).toEqual(['em3', 'ej']);
  expect(events(', types: [AGENT_JOINED]')).toEqual(['ej']);
  expect(events(', types: [MESSAGE_ADDED, AGENT_LEFT]')).toEqual(['em3']);
});

it('adds nothing to a list that was not read to its end', () => {
  write('first: 2', `${NODES} ${INFO}`, { nodes: [1, 2].map(node), pageInfo: pageInfo(1, 2, [false, true]) });
  deliver('m9');
  expect(ids('first: 2')).toEqual(['m1', 'm2']);
});
