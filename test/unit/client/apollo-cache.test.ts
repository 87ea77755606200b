import { InMemoryCache } from '@apollo/client/cache';
import { applyEvent, possibleTypes, typePolicies } from '../../../client/src/apollo/index.js';
import { ConversationDocument, ConversationEventsDocument, EventsDocument } from '../../../client/src/generated/graphql.js';
import type { ConversationEventsSubscription } from '../../../client/src/generated/graphql.js';

type Event = ConversationEventsSubscription['conversationEvents'];

const variables = { id: 'c' };
let cache: InMemoryCache;

beforeEach(() => {
  cache = new InMemoryCache({ possibleTypes, typePolicies });
});

const message = (id: string) => ({
  __typename: 'Message',
  id,
  clientMessageId: null,
  createdAt: null,
  text: `text of ${id}`,
  author: { __typename: 'Participant', id: 'p', type: 'AGENT' as const, name: null },
  attachments: [],
  cards: [],
});

/** A page as a query brings it. */
function read(ids: readonly string[], args: { before?: string } = {}, hasPreviousPage = false): void {
  const pageInfo = { __typename: 'PageInfo', hasPreviousPage, startCursor: `before ${ids[0] ?? 'all'}` };
  const messages = { __typename: 'MessageConnection', pageInfo, nodes: ids.map(message) };
  const interactions = { __typename: 'InteractionConnection', nodes: [] };
  const conversation = {
    __typename: 'Conversation',
    id: 'c',
    state: 'ACTIVE' as const,
    latestCursor: '1',
    typing: [],
    messages,
    interactions,
  };
  cache.writeQuery({ query: ConversationDocument, variables: { ...variables, ...args }, data: { conversation } });
}

/** An event as Apollo Client delivers it: it is already in the cache then. */
function deliver(event: Event): void {
  cache.writeQuery({ query: ConversationEventsDocument, id: 'ROOT_SUBSCRIPTION', variables, data: { conversationEvents: event } });
  applyEvent(cache, 'c', event);
}

const base = (id: string) => ({ id, cursor: id, occurredAt: '2026-01-01T00:00:00.000Z', replayed: false });
const added = (id: string): Event => ({
  __typename: 'MessageAdded',
  type: 'MESSAGE_ADDED',
  ...base(`e${id}`),
  isEcho: false,
  message: message(id),
});

const conversation = () => cache.readQuery({ query: ConversationDocument, variables })?.conversation;
const shown = () => conversation()?.messages?.nodes.map(({ id }) => id);

it('appends the message of an event to the queried ones, once', () => {
  read(['1', '2']);
  deliver(added('3'));
  deliver(added('3'));
  deliver(added('2'));
  expect(shown()).toEqual(['1', '2', '3']);
});

it('prepends an earlier page with its pageInfo', () => {
  read(['3', '4'], {}, true);
  deliver(added('5'));
  read(['1', '2'], { before: 'before 3' });
  expect(shown()).toEqual(['1', '2', '3', '4', '5']);
  expect(conversation()?.messages?.pageInfo).toMatchObject({ hasPreviousPage: false, startCursor: 'before 1' });
});

it('keeps messages of events when a query of the last page arrives late', () => {
  read(['1', '2']);
  deliver(added('3'));
  deliver(added('4'));
  read(['2', '3']);
  expect(shown()).toEqual(['1', '2', '3', '4']);
});

it('replaces the list when there may be a gap', () => {
  read(['1', '2']);
  read(['7', '8'], {}, true);
  expect(shown()).toEqual(['7', '8']);
  expect(conversation()?.messages?.pageInfo).toMatchObject({ hasPreviousPage: true, startCursor: 'before 7' });
});

it('shows who is typing, until nobody is', () => {
  read(['1']);
  const typing = (...typists: { id: string; type: 'AGENT'; name: string }[]) =>
    deliver({
      __typename: 'TypingChanged',
      type: 'TYPING_CHANGED',
      ...base('t'),
      typing: typists.map((one) => ({ __typename: 'Participant', ...one })),
    });
  typing({ id: 'a', type: 'AGENT', name: 'Amir' });
  expect(conversation()?.typing).toMatchObject([{ name: 'Amir' }]);
  typing();
  expect(conversation()?.typing).toEqual([]);
});

it('appends an event to the queried ones, except for typing', () => {
  const pageInfo = { __typename: 'PageInfo', hasPreviousPage: false, startCursor: null };
  const events = { __typename: 'ConversationEventConnection', pageInfo, nodes: [added('1')] };
  const conversation = { __typename: 'Conversation', id: 'c', events };
  cache.writeQuery({ query: EventsDocument, variables, data: { conversation } });
  deliver(added('2'));
  deliver({ __typename: 'TypingChanged', type: 'TYPING_CHANGED', ...base('t'), typing: [] });
  const cached = cache.readQuery({ query: EventsDocument, variables });
  expect(cached?.conversation?.events.nodes.map(({ id }) => id)).toEqual(['e1', 'e2']);
});
