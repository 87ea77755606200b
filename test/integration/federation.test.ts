import { fromGlobalId, toGlobalId } from '../../src/schema/global-id.js';
import { RunningGateway } from '../support/running-gateway.js';
import { WITH_SECRET, signed } from '../support/tokens.js';
import { askAs } from './access-client.js';
import type { Reply } from './access-client.js';

const ENTITIES = `query ($r: [_Any!]!) {
  _entities(representations: $r) { __typename ... on Conversation { conversationId state } ... on Interaction { id startedAt } }
}`;

let gateway: RunningGateway;
let tokens: Record<'service' | 'mia' | 'bob', string>;
let own: string;
beforeAll(async () => {
  gateway = await RunningGateway.start({ config: { federation: true, auth: WITH_SECRET, introspection: false } });
  tokens = {
    service: await signed({ scope: 'chat:service', sub: 'bot' }),
    mia: await signed({ scope: 'chat:customer', sub: 'mia', customer_id: 'mia' }),
    bob: await signed({ scope: 'chat:customer', sub: 'bob', customer_id: 'bob' }),
  };
  own = await createConversation('mia');
});
afterAll(() => gateway.stop());

async function createConversation(customerId: string): Promise<string> {
  const { body } = await askAs(
    gateway,
    tokens.service,
    'mutation ($input: CreateConversationInput!) { createConversation(input: $input) { conversation { conversationId } } }',
    { input: { channelId: gateway.simulator.channelId, customer: { customerId } } },
  );
  const created = body.data?.['createConversation'] as { conversation: { conversationId: string } };
  gateway.simulator.centre.agentAccepts(created.conversation.conversationId);
  await gateway.simulator.webhookSender.settled();
  return created.conversation.conversationId;
}

const entities = (token: string | null, ...r: unknown[]): Promise<Reply> => askAs(gateway, token, ENTITIES, { r });
const conversation = (conversationId: string) => ({ __typename: 'Conversation', conversationId });
const byId = (conversationId: string) => ({ __typename: 'Conversation', id: toGlobalId('Conversation', conversationId) });
const codes = ({ body }: Reply) => body.errors?.map(({ extensions }) => extensions.code);

describe('_entities', () => {
  it('finds entities by either key, in the order of the representations', async () => {
    const found = { __typename: 'Conversation', conversationId: own, state: 'ACTIVE' };
    const { body } = await entities(tokens.mia, conversation(own), conversation('absent'), byId(own));
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual({ _entities: [found, null, found] });
  });

  it.each([
    ['another customer’s conversation', () => [conversation(own)]],
    ['one that does not exist', () => [conversation('absent')]],
    ['one without an id', () => [conversation('')]],
    ['an id of another type', () => [{ __typename: 'Message', id: toGlobalId('Conversation', own) }]],
    ['an id that is none', () => [{ __typename: 'Conversation', id: '../../etc' }]],
    ['a channel', () => [{ __typename: 'Channel', id: toGlobalId('Channel', gateway.simulator.channelId) }]],
  ])('answers a customer null for %s', async (_what, representations) => {
    const { body } = await entities(tokens.bob, ...representations());
    expect(body).toEqual({ data: { _entities: [null] }, extensions: expect.anything() as unknown });
  });

  it('answers nothing without a token', async () => {
    expect(codes(await entities(null, conversation(own)))).toEqual(['UNAUTHENTICATED']);
  });

  it.each<[string, unknown, object | undefined]>([
    ['another type', { __typename: 'Query', id: 'a' }, { __typename: 'Query', id: 'a' }],
    ['a type of objects’ own', { __typename: 'constructor', id: 'a' }, { __typename: 'constructor', id: 'a' }],
    ['no key', { __typename: 'Agent', agentId: 'a' }, { __typename: 'Agent' }],
    ['a key that is no string', { __typename: 'Conversation', id: 7, conversationId: ['a'] }, { __typename: 'Conversation' }],
    ['no type', {}, undefined],
    ['text', 'Conversation', undefined],
  ])('rejects a representation with %s, and answers the others', async (_what, representation, entity) => {
    const reply = await entities(tokens.mia, conversation(own), representation, byId(own));
    const found = { __typename: 'Conversation', conversationId: own, state: 'ACTIVE' };
    expect(reply.body.data).toEqual({ _entities: [found, null, found] });
    expect(reply.body.errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((reply.body.errors?.[0]?.extensions as { entity?: unknown } | undefined)?.entity).toEqual(entity);
  });

  it('names the entity also in errors below it, and under an alias', async () => {
    const query = `query ($r: [_Any!]!) { found: _entities(representations: $r) { ... on Conversation { messages(last: 101) { nodes { id } } } } }`;
    const { body } = await askAs(gateway, tokens.mia, query, { r: [conversation('absent'), byId(own)] });
    expect(body.errors).toMatchObject([{ path: ['found', 1, 'messages'], extensions: { code: 'BAD_USER_INPUT', entity: byId(own) } }]);
    expect(body.data).toEqual({ found: [null, { messages: null }] });
  });

  it('asks the contact centre once for what is named more than once', async () => {
    const { calls, webhookSender } = gateway.simulator;
    await webhookSender.settled();
    calls.length = 0;
    const interaction = (id: string) => ({ __typename: 'Interaction', id: toGlobalId('Interaction', own, id) });
    await entities(tokens.service, conversation(own), interaction('1'), byId(own), conversation(own), interaction('2'));
    const paths = calls.map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths).toEqual([...new Set(paths)]);
  });

  it('holds to the limits of queries, and to a thousand entities', async () => {
    const many = (length: number) => Array.from({ length }, () => conversation(own));
    expect(codes(await entities(tokens.service, ...many(1_001)))).toEqual(['BAD_USER_INPUT']);
    const { body } = await entities(tokens.service, ...many(1_000));
    expect(body.data?.['_entities']).toHaveLength(1_000);
    const costly = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Conversation { messages(last: 20) { nodes { id } } } } }`;
    expect(codes(await askAs(gateway, tokens.service, costly, { r: many(500) }))).toEqual(['QUERY_TOO_COMPLEX']);
  });
});

describe('_service', () => {
  const SDL = '{ _service { sdl } }';

  it('is for services: it shows what introspection does, which is off here', async () => {
    const { body } = await askAs(gateway, tokens.service, SDL);
    expect((body.data?.['_service'] as { sdl: string }).sdl).toContain(
      'type Conversation implements Node @key(fields: "id") @key(fields: "conversationId") {',
    );
    expect(codes(await askAs(gateway, tokens.mia, SDL))).toEqual(['FORBIDDEN']);
    expect(codes(await askAs(gateway, null, SDL))).toEqual(['UNAUTHENTICATED']);
  });
});

it('still serves node to its own clients', async () => {
  const { body } = await askAs(gateway, tokens.mia, 'query ($id: ID!) { node(id: $id) { id } }', { id: byId(own).id });
  expect(fromGlobalId((body.data?.['node'] as { id: string }).id)?.parts).toEqual([own]);
});

it('has neither without FEDERATION', async () => {
  const plain = await RunningGateway.start();
  const { errors } = await plain.post({ query: '{ _service { sdl } }' });
  expect(errors[0]?.message).toContain('Cannot query field "_service" on type "Query"');
  await plain.stop();
});
