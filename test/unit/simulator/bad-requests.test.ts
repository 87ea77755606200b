import { createSimulator } from '../../../src/simulator/simulator.js';
import type { Simulator } from '../../../src/simulator/simulator.js';
import type { AnswerBody } from './rest-client.js';
import { call, create } from './rest-client.js';

let sim: Simulator;
let conversationId: string;

beforeAll(async () => {
  sim = createSimulator({ agents: 'manual' });
  await sim.listen();
  conversationId = await create(sim);
});

afterAll(() => sim.close());

const property = { key: 'a', value: 'b' };
const message = { authorType: 'user', text: 'Hi' };
const card = { contentType: 'application/8x8.quick.replies', content: {} };

/** What is changed in a good request, and the fields that the answer must name. */
const badConversations: [string, Record<string, unknown>, string[]][] = [
  ['no channel', { channelId: undefined }, ['channelId']],
  ['an unknown channel', { channelId: 'none' }, ['channelId']],
  ['a number as the channel', { channelId: 25 }, ['channelId']],
  ['no user', { user: undefined }, ['user']],
  ['a user that is a string', { user: 'Eve' }, ['user']],
  ['a user that is a list', { user: [] }, ['user']],
  ['a name that is null', { user: { name: null } }, ['user.name']],
  ['an e-mail address without an @', { user: { email: 'eve' } }, ['user.email']],
  ['31 additional properties', { user: { additionalProperties: Array(31).fill(property) } }, ['user.additionalProperties']],
  ['properties as an object', { user: { additionalProperties: { a: 'b' } } }, ['user.additionalProperties']],
  [
    'a property value that is a number',
    { user: { additionalProperties: [property, { key: 'a', value: 1 }] } },
    ['user.additionalProperties[1].value'],
  ],
  ['a property without a key', { user: { additionalProperties: [{ value: 'b' }] } }, ['user.additionalProperties[0].key']],
  ['an unknown queue', { assignment: { type: 'queue', id: 'none' } }, ['assignment.id']],
  ['an unknown assignment type', { assignment: { type: 'agent', id: 'a' } }, ['assignment.type', 'assignment.id']],
  ['an assignment without an id', { assignment: { type: 'queue' } }, ['assignment.id']],
  ['201 messages of history', { history: { messages: Array(201).fill(message) } }, ['history.messages']],
  ['a history that is a list', { history: [message] }, ['history']],
  ['a history without messages', { history: {} }, ['history.messages']],
  [
    'an unknown author in the history',
    { history: { messages: [message, { authorType: 'agent', text: 'Hi' }] } },
    ['history.messages[1].authorType'],
  ],
  ['an unknown field', { routing: {} }, ['routing']],
  ['several faults', { channelId: 1, user: { name: 2 } }, ['channelId', 'user.name']],
];

const badMessages: [string, unknown, string[]][] = [
  ['no author type', { text: 'Hi' }, ['authorType']],
  ['an unknown author type', { authorType: 'agent', text: 'Hi' }, ['authorType']],
  ['an author type that is a number', { authorType: 1, text: 'Hi' }, ['authorType']],
  ['neither text nor cards', { authorType: 'user' }, ['text']],
  ['an empty text', { authorType: 'user', text: '' }, ['text']],
  ['a text that is an object', { authorType: 'user', text: {}, cards: [card] }, ['text']],
  ['a text that is null', { authorType: 'user', text: null, cards: [card] }, ['text']],
  ['an unknown attachment', { ...message, attachments: [{ id: 'none' }] }, ['attachments[0].id']],
  ['attachments as strings', { ...message, attachments: ['a'] }, ['attachments[0]']],
  ['an unknown card type', { ...message, cards: [{ ...card, contentType: 'text/html' }] }, ['cards[0].contentType']],
  ['a card without content', { ...message, cards: [{ contentType: 'Buttons' }] }, ['cards[0].content']],
  ['card content that is a string', { ...message, cards: [{ ...card, content: '{}' }] }, ['cards[0].content']],
  [
    'a message of another provider that is not known',
    { authorType: 'user', externalProvider: { name: 'Y', externalMessageId: '1' } },
    ['externalProvider.name'],
  ],
  [
    'a message of another provider without an id',
    { authorType: 'user', externalProvider: { name: 'X' } },
    ['externalProvider.externalMessageId'],
  ],
  [
    'a text and a message of another provider',
    { ...message, externalProvider: { name: 'X', externalMessageId: '1' } },
    ['externalProvider'],
  ],
  ['an unknown field', { ...message, sender: 'me' }, ['sender']],
  ['a list', [message], ['']],
  ['a string', '"Hi"', ['']],
  ['null', 'null', ['']],
];

const badQueries: [string, string[]][] = [
  ['size=0', ['size']],
  ['size=1001', ['size']],
  ['size=-1', ['size']],
  ['size=ten', ['size']],
  ['size=', ['size']],
  ['size=1.5', ['size']],
  ['size=1&size=2', ['size']],
  ['page=-1', ['page']],
  ['page=x', ['page']],
  ['sort=text:asc', ['sort']],
  ['sort=createdAt', ['sort']],
  ['sort=createdAt:up', ['sort']],
  ['pageSize=5', ['pageSize']],
  ['size=0&page=x', ['size', 'page']],
];

function fieldsOf(body: AnswerBody): string[] {
  return body.validations.map(({ field }) => field);
}

describe('a bad request', () => {
  it.each(badConversations)('to create a conversation with %s is refused by field', async (_name, change, fields) => {
    const before = sim.centre.conversations().length;
    const answer = await call(sim, '/conversations', { body: { channelId: sim.channelId, user: { name: 'Eve' }, ...change } });
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(fieldsOf(answer.body)).toEqual(fields);
    expect(answer.body.message).toContain(fields[0]);
    expect(sim.centre.conversations()).toHaveLength(before);
  });

  it.each(badMessages)('to send a message with %s is refused by field', async (_name, body, fields) => {
    const answer = await call(sim, `/conversations/${conversationId}/messages`, { body });
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(fieldsOf(answer.body)).toEqual(fields);
    expect(sim.centre.conversation(conversationId).messages).toEqual([]);
  });

  it.each(badQueries)('for a page with %s is refused by parameter', async (query, parameters) => {
    const answer = await call(sim, `/conversations/${conversationId}/messages?${query}`);
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(fieldsOf(answer.body)).toEqual(parameters);
  });

  it.each([{}, { removed: false }, { removed: 'yes' }, { removed: true, left: true }])(
    'rejects removing the customer with %j',
    async (body) => {
      const answer = await call(sim, `/conversations/${conversationId}/participants/user`, { method: 'PATCH', body });
      expect(answer).toMatchObject({ status: 400, body: { validations: [{}] } });
    },
  );

  it.each([
    ['malformed JSON', '{"authorType":', 400],
    ['an empty body', '', 400],
    ['a body that sets a prototype', '{"__proto__":{"authorType":"user"},"text":"Hi"}', 400],
    ['a body over the limit', JSON.stringify({ authorType: 'user', text: 'x'.repeat(1_100_000) }), 413],
  ])('is rejected with %s', async (_name, body, status) => {
    const answer = await call(sim, `/conversations/${conversationId}/messages`, { body });
    expect(answer).toMatchObject({ status, type: 'application/problem+json' });
    expect(answer.body).toMatchObject({ errors: [{ code: expect.any(String) as string }], referenceId: expect.any(String) as string });
  });

  it('is rejected with another content type', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await call(sim, `/conversations/${conversationId}/messages`, { body: 'Hi', headers });
    expect(answer).toMatchObject({ status: 415, type: 'application/problem+json' });
  });

  it.each([
    ['/conversations/none', undefined],
    ['/conversations/none/messages', undefined],
    ['/conversations/none/messages', { authorType: 'user', text: 'Hi' }],
    ['/conversations/none/interactions', undefined],
    ['/conversations/none/participants', undefined],
    ['/channels/none', undefined],
    ['/webhooks/none', undefined],
    ['/jwk/none/public', undefined],
    ['/nothing', undefined],
  ])('answers 404 to %s', async (path, body) => {
    const answer = await call(sim, path, body === undefined ? {} : { body });
    expect(answer).toMatchObject({ status: 404, type: 'application/problem+json', body: { errors: [expect.any(String) as string] } });
  });

  it('accepts the largest history and the most properties', async () => {
    const history = { messages: Array(200).fill(message) };
    const user = { additionalProperties: Array(30).fill(property) };
    const answer = await call(sim, '/conversations', { body: { channelId: sim.channelId, user, history } });
    expect(answer.status).toBe(202);
  });
});
